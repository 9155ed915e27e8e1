// The video elements: the two people, and the screen that the other shares. They are there before the page is drawn and
// move into it as they are: whoever is moved within one task goes on playing (HTML §4.8.11.8).

export type Person = 'own' | 'remote';
export type Part = Person | 'screen';

export const pictures: Readonly<Record<Part, HTMLVideoElement>> = {
  own: makeVideo('own'),
  remote: makeVideo('remote'),
  screen: makeVideo('screen'),
};

/** Told when a browser wants a gesture before it plays sound, and when it plays after all. */
export const PLAY_CHANGED = 'langdao:play-changed';

/** Show *stream*, or nothing. The same stream again is news, too: a track may have joined it. */
export function showPicture(part: Part, stream: MediaStream | null): void {
  const video = pictures[part];
  if (video.srcObject !== stream) video.srcObject = stream;
  if (part === 'own') video.toggleAttribute('data-outward', isOutward(stream));
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
  for (const video of Object.values(pictures)) {
    if (video.hasAttribute('data-refused')) play(video);
  }
}

/** Call *then* once a frame is on the screen; where a browser cannot tell, once one is decoded. */
export function onFirstFrame(part: Part, then: () => void): void {
  const video = pictures[part];
  if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(() => setTimeout(then, 0));
  else (video as HTMLVideoElement).addEventListener('loadeddata', then, { once: true });
}

/** A phone's other camera shows a book or a board: what is no mirror is not shown as one. */
function isOutward(stream: MediaStream | null): boolean {
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
