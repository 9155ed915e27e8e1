// Paints one frame of a recording: the pictures that are on, and the name of each person.

import { type Box, fitPicture, HEIGHT, placesOf, WIDTH } from './recording-scene';

/** What is to be seen of one person. */
export interface Filmed {
  /** Null while the camera is off. */
  readonly picture: HTMLVideoElement | null;
  readonly name: string;
}

export interface Film {
  readonly remote: Filmed;
  readonly own: Filmed;
  readonly screen: HTMLVideoElement | null;
}

/** As on the stage. */
const GROUND = '#14171c';
const INK = '#ffffff';
const PLATE = 'rgba(20, 23, 28, 0.75)';
const NAME_PX = 20;
const MARGIN_PX = 12;

type Paint = Pick<
  CanvasRenderingContext2D,
  'fillStyle' | 'font' | 'textBaseline' | 'fillRect' | 'fillText' | 'drawImage' | 'measureText'
>;

export function paintFrame(paint: Paint, { remote, own, screen }: Film): void {
  paint.fillStyle = GROUND;
  paint.fillRect(0, 0, WIDTH, HEIGHT);
  const places = placesOf(hasFrame(screen));
  if (places.screen) drawPicture(paint, screen, places.screen, true);
  drawPerson(paint, remote, places.remote);
  drawPerson(paint, own, places.own);
}

function drawPerson(paint: Paint, { picture, name }: Filmed, place: Box): void {
  drawPicture(paint, picture, place, false);
  paint.font = `600 ${NAME_PX}px system-ui, sans-serif`;
  paint.textBaseline = 'middle';
  const width = Math.min(place.width, paint.measureText(name).width + 2 * MARGIN_PX);
  const [x, y] = [place.x, place.y + place.height - 2 * NAME_PX];
  paint.fillStyle = PLATE;
  paint.fillRect(x, y, width, 2 * NAME_PX);
  paint.fillStyle = INK;
  paint.fillText(name, x + MARGIN_PX, y + NAME_PX, width - 2 * MARGIN_PX);
}

function drawPicture(paint: Paint, video: HTMLVideoElement | null, place: Box, isWhole: boolean): void {
  if (!hasFrame(video)) return;
  const [from, to] = fitPicture({ width: video.videoWidth, height: video.videoHeight }, place, isWhole);
  paint.drawImage(video, from.x, from.y, from.width, from.height, to.x, to.y, to.width, to.height);
}

function hasFrame(video: HTMLVideoElement | null): video is HTMLVideoElement {
  return video !== null && video.videoWidth > 0 && video.readyState >= video.HAVE_CURRENT_DATA;
}
