// The video elements: the two people, and the screen that the other shares. They exist before the page is drawn, and move
// into it: an element that moves within one task goes on playing (HTML §4.8.11.8).

export type Person = 'own' | 'remote';
export type Part = Person | 'screen';

export const PARTS: readonly Part[] = ['own', 'remote', 'screen'];

const made: Partial<Record<Part, HTMLVideoElement>> = {};

/** The video element of *part*, made when it is first needed. */
export function pictureOf(part: Part): HTMLVideoElement {
  made[part] ??= makeVideo(part);
  return made[part];
}

/** Told when a browser wants a gesture before it plays sound, and when it plays after all. */
export const PLAY_CHANGED = 'langdao:play-changed';

/** Show *stream*, or nothing. The same stream again is news, too: a track may have joined it. */
export function showPicture(part: Part, stream: MediaStream | null): void {
  const video = pictureOf(part);
  if (video.srcObject !== stream) video.srcObject = stream;
  if (part === 'own') video.toggleAttribute('data-outward', facesAway(stream));
  if (stream) play(video);
}

/** Play; a refusal is kept in `data-refused` for the page to ask for a click. Other failures end by themselves. */
export function play(video: HTMLVideoElement): void {
  const tell = (isRefused: boolean) => {
    video.toggleAttribute('data-refused', isRefused);
    video.dispatchEvent(new Event(PLAY_CHANGED));
  };
  video.play().then(
    () => tell(false),
    (error: { name?: string }) => tell(error.name === 'NotAllowedError'),
  );
}

/** Play what was refused; called from a gesture. */
export function playRefused(): void {
  for (const video of Object.values(made)) {
    if (video.hasAttribute('data-refused')) play(video);
  }
}

/** Call *then* once a frame is on the screen; where a browser cannot tell, once one is decoded. */
export function onFirstFrame(part: Part, then: () => void): void {
  const video = pictureOf(part);
  if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(() => setTimeout(then, 0));
  else (video as HTMLVideoElement).addEventListener('loadeddata', then, { once: true });
}

/** A phone's rear camera shows a book or a board: it is not shown as a mirror. */
function facesAway(stream: MediaStream | null): boolean {
  return stream?.getVideoTracks()[0]?.getSettings().facingMode === 'environment';
}

function makeVideo(part: Part): HTMLVideoElement {
  const video = document.createElement('video');
  video.autoplay = true;
  video.playsInline = true;
  video.muted = part === 'own';
  video.dataset.part = `${part}-video`;
  return video;
}
