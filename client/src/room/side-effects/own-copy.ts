// Draws the own picture from a small copy of the camera's track where its place is small: a browser without a graphics processor
// pays for every pixel of every frame. Law: a camera that is off has no copy open.

import { pictureOf, showPicture } from '../page/pictures';
import { devices } from '../store/room-store';

/** Copies come in steps of this width, pixels: not every change of the page's size makes another one. */
const STEP_PX = 160;

/** Every second one of a camera's: a rhythm that does not divide the camera's is seen, and drawn between the other's frames. */
const FRAMES_PER_SECOND = 15;

/** Follow the camera, and the size at which it is shown. */
export function startOwnCopy(): void {
  if (!('ResizeObserver' in self)) return;
  const picture = pictureOf('own');
  const copy = new OwnCopy((track) => showPicture('own', track ? new MediaStream([track]) : devices.stream));
  new ResizeObserver(() => copy.place(picture.clientWidth * devicePixelRatio)).observe(picture);
  devices.subscribe({
    onStream: () => copy.begin(null),
    onSharpened: (track) => copy.begin(track),
  });
}

export class OwnCopy {
  private source: MediaStreamTrack | null = null;
  private copy: MediaStreamTrack | null = null;
  private placePx = 0;
  private width: number | null = null;

  /** *show* draws a track in the place of the source's; null is the source again. */
  constructor(private readonly show: (copy: MediaStreamTrack | null) => void) {}

  /** Copy *source*, which does not grow any more: in Chromium a track that has a copy cannot (crbug.com/946490). Null: the camera is off. */
  begin(source: MediaStreamTrack | null): void {
    this.drop();
    this.source = source;
    this.fit();
  }

  /** The own picture is *placePx* device pixels wide from now on. */
  place(placePx: number): void {
    this.placePx = placePx;
    this.fit();
  }

  private fit(): void {
    const { source, placePx, copy } = this;
    const width = source ? chooseWidth(source.getSettings(), placePx) : null;
    if (width === this.width) return;
    if (source && copy && width !== null) {
      // Another copy would show nothing until its first frame.
      this.width = width;
      copy.applyConstraints(constraintsFor(source.getSettings(), width)).catch(() => undefined);
      return;
    }
    this.drop();
    this.width = width;
    if (copy) this.show(null);
    if (source && width !== null) void this.make(source, width);
  }

  private drop(): void {
    this.copy?.stop();
    this.copy = null;
    this.width = null;
  }

  private async make(source: MediaStreamTrack, width: number): Promise<void> {
    const before = sizeOf(source);
    const copy = source.clone();
    this.copy = copy;
    const isMade = await copy.applyConstraints(constraintsFor(source.getSettings(), width)).then(
      () => true,
      () => false,
    );
    if (copy !== this.copy) return;
    if (isMade && sizeOf(source) === before) return this.show(copy);
    // Here a copy's size is the camera's, and so what the other person sees.
    copy.stop();
    this.copy = this.source = null;
    if (sizeOf(source) !== before)
      await source.applyConstraints(source.getConstraints()).catch(() => undefined);
  }
}

/** Null where a copy would save less than half of the width, or the tracks of a camera cannot have sizes of their own. */
function chooseWidth(settings: MediaTrackSettings, placePx: number): number | null {
  const { width = 0, height = 0 } = settings;
  if (!('resizeMode' in settings)) return null;
  const chosen = Math.max(1, Math.ceil(placePx / STEP_PX)) * STEP_PX;
  return height > 0 && chosen * 2 <= width ? chosen : null;
}

/** With another mode the browser would ask the camera for another size, for both tracks (W3C Media Capture §4.3.8 `resizeMode`). */
function constraintsFor(
  { width = 1, height = 1 }: MediaTrackSettings,
  wanted: number,
): MediaTrackConstraints {
  return {
    width: { ideal: wanted },
    height: { ideal: Math.round((wanted * height) / width) },
    frameRate: { ideal: FRAMES_PER_SECOND },
    ...{ resizeMode: { exact: 'crop-and-scale' } },
  };
}

function sizeOf(track: MediaStreamTrack): string {
  const { width, height } = track.getSettings();
  return `${width} × ${height}`;
}
