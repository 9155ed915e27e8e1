// What kind of file a recording becomes. Pure. VP8 before VP9: it is made beside a call, on a processor that has the call to do.

const WEBM = ['video/webm;codecs=vp8,opus', 'video/webm;codecs=vp9,opus', 'video/webm'] as const;
const MP4 = ['video/mp4;codecs=avc1.42E01E,mp4a.40.2', 'video/mp4'] as const;

export interface RecordingKind {
  readonly type: string;
  /** Of its name. */
  readonly ending: 'webm' | 'mp4';
}

/** Choose what this browser can record; null for nothing. On a computer or phone of Apple's (*isApple*) no other program plays WebM. */
export function chooseKind(isSupported: (type: string) => boolean, isApple: boolean): RecordingKind | null {
  const types = isApple ? [...MP4, ...WEBM] : [...WEBM, ...MP4];
  const type = types.find(isSupported);
  return type ? { type, ending: type.startsWith('video/mp4') ? 'mp4' : 'webm' } : null;
}
