// How a picture fills its place: to the edges while that cuts off little, else whole.

/** A camera of 4:3 in a place of 16:9 shows three quarters; a phone held upright would show a third, without a chin. */
const SHOWN_MIN = 0.55;

export type Fit = 'cover' | 'contain';

/** Choose for a picture and a place of these aspects (width / height); 0 or NaN is not known yet. */
export function fitOf(picture: number, place: number): Fit {
  if (!(picture > 0 && place > 0)) return 'cover';
  return Math.min(picture / place, place / picture) < SHOWN_MIN ? 'contain' : 'cover';
}

/** Keep `data-fit` of *video* right while it or its place changes, until the returned function is called. */
export function watchFit(video: HTMLVideoElement): () => void {
  const refit = () => {
    const fit = fitOf(video.videoWidth / video.videoHeight, video.clientWidth / video.clientHeight);
    if (video.dataset['fit'] !== fit) video.dataset['fit'] = fit;
  };
  // Firefox 65 to 68 have no ResizeObserver: there only changes of the window count.
  const observer = 'ResizeObserver' in self ? new ResizeObserver(refit) : null;
  observer?.observe(video);
  if (!observer) addEventListener('resize', refit);
  video.addEventListener('resize', refit);
  refit();
  return () => {
    observer?.disconnect();
    removeEventListener('resize', refit);
    video.removeEventListener('resize', refit);
  };
}
