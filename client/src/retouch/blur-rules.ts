// What the page and its blurring thread say to each other, and what a browser must have for it.

export type BlurRequest =
  /** Write the blurred frames into *sent*. */
  | { readonly kind: 'begin'; readonly sent: WritableStream<VideoFrame> }
  /** Take the frames from another camera; null is none. */
  | { readonly kind: 'camera'; readonly camera: ReadableStream<VideoFrame> | null }
  /** Until it comes, everything is blurred. */
  | { readonly kind: 'model'; readonly model: ArrayBuffer };

/** `slow`: it does not keep pace with the camera, and ends. */
export type BlurNews = 'alive' | 'slow' | 'failed';

/** What lib.dom has no types for (MediaStreamTrack Insertable Media Processing; the generator is Chromium's own form of it). */
interface FrameStreams {
  readonly MediaStreamTrackProcessor?: new (from: {
    readonly track: MediaStreamTrack;
    readonly maxBufferSize: number;
  }) => { readonly readable: ReadableStream<VideoFrame> };
  readonly MediaStreamTrackGenerator?: new (of: {
    readonly kind: 'video';
  }) => MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> };
}

export const frameStreams = (): FrameStreams => self as unknown as FrameStreams;

/** A small module that adds four numbers at once: it is valid only where WebAssembly has SIMD. */
const WITH_SIMD = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98,
  11,
];

/** Tell whether this browser can blur a background at all. */
export function canBlur(): boolean {
  const { MediaStreamTrackProcessor, MediaStreamTrackGenerator } = frameStreams();
  const hasFrames = MediaStreamTrackProcessor !== undefined && MediaStreamTrackGenerator !== undefined;
  if (!hasFrames || typeof OffscreenCanvas === 'undefined' || typeof WebAssembly !== 'object') return false;
  return WebAssembly.validate(Uint8Array.from(WITH_SIMD));
}
