// How a picture fills its place: to the edges while that cuts off little of it, or only its sides; else whole. A double tap shows
// the other person whole.

import { effect, type Signal } from '@preact/signals';

/** A phone held upright would show a third of itself in a place of 16:9, without a chin. */
const SHOWN_MIN = 0.55;

export type Fit = 'cover' | 'contain';

/** Choose for a picture and a place of these aspects (width / height); 0 or NaN is not known yet. */
export function fitOf(picture: number, place: number): Fit {
  return picture / place < SHOWN_MIN ? 'contain' : 'cover';
}

/** Keep `data-fit` of *video* right while it or its place changes, until the returned function is called. While *whole* is set,
 * all of the picture is shown; a double tap sets it, or takes it back. */
export function watchFit(video: HTMLVideoElement, whole: Signal<boolean> | null): () => void {
  const refit = () => {
    video.dataset['fit'] = whole?.value
      ? 'contain'
      : fitOf(video.videoWidth / video.videoHeight, video.clientWidth / video.clientHeight);
  };
  // Firefox 65 to 68 have no ResizeObserver: there only changes of the window count.
  const observer = 'ResizeObserver' in self ? new ResizeObserver(refit) : null;
  observer?.observe(video);
  if (!observer) addEventListener('resize', refit);
  video.onresize = refit;
  video.ondblclick = () => {
    if (whole) whole.value = !whole.value;
  };
  const stopChoice = effect(refit);
  return () => {
    stopChoice();
    observer?.disconnect();
    removeEventListener('resize', refit);
    video.onresize = video.ondblclick = null;
  };
}
