// A recording as a wave, with the part that is played: drawn over with a pointer, or moved at its two edges with the keyboard. Time
// goes from left to right in every language, as on every player.

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { type Edge, peaksOf } from '../../classroom/sound-part';
import type { Recording } from '../../classroom/voice-ring';
import { t } from '../../i18n/lazy-words';
import { sayUnit } from '../../i18n/units';
import { AgainEdge } from './AgainEdge';
import { sayAgain } from './keep-voice';

/** A bar and the space beside it, CSS pixels. */
const BAR_PX = 3;

const EDGES: readonly Edge[] = ['fromMs', 'toMs'];

export function Wave({ recording }: { readonly recording: Recording }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const begunMs = useRef<number | null>(null);
  const { state, part } = sayAgain.view.value;
  const { lengthMs } = sayAgain;
  useLayoutEffect(() => drawWhileShown(canvas.current, recording), [recording]);
  useLayoutEffect(() => draw(canvas.current, recording), [part.fromMs, part.toMs, recording]);
  useEffect(() => {
    if (state !== 'playing') return undefined;
    let frame = 0;
    const follow = () => {
      draw(canvas.current, recording);
      frame = requestAnimationFrame(follow);
    };
    follow();
    return () => {
      cancelAnimationFrame(frame);
      draw(canvas.current, recording);
    };
  }, [state, recording]);

  const msAt = (x: number) =>
    canvas.current ? placeAt(x, canvas.current.getBoundingClientRect(), lengthMs) : 0;
  return (
    <div class="again-part" dir="ltr">
      <canvas
        ref={canvas}
        role="img"
        aria-label={t('again.wave', { length: sayUnit(Math.round(lengthMs / 1_000), 'second', 's') ?? '' })}
        data-part="again-wave"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          begunMs.current = msAt(event.clientX);
        }}
        onPointerMove={(event) => {
          if (begunMs.current !== null) sayAgain.preview(begunMs.current, msAt(event.clientX));
        }}
        onPointerUp={(event) => {
          if (begunMs.current !== null) sayAgain.choose(begunMs.current, msAt(event.clientX));
          begunMs.current = null;
        }}
        onPointerCancel={() => {
          begunMs.current = null;
        }}
      />
      {EDGES.map((edge) => (
        <AgainEdge key={edge} edge={edge} msAt={msAt} />
      ))}
    </div>
  );
}

/** Find the place in a recording of *lengthMs* that is drawn at *x* of the page. Outside of the wave it is before, or behind. */
export function placeAt(
  x: number,
  { left, width }: { left: number; width: number },
  lengthMs: number,
): number {
  return ((x - left) / Math.max(1, width)) * lengthMs;
}

/** Draw anew with each size of the page, until the returned function is called. */
function drawWhileShown(canvas: HTMLCanvasElement | null, recording: Recording): () => void {
  const redraw = () => draw(canvas, recording);
  const observer = 'ResizeObserver' in self ? new ResizeObserver(redraw) : null;
  if (canvas) observer?.observe(canvas);
  return () => observer?.disconnect();
}

function draw(canvas: HTMLCanvasElement | null, recording: Recording): void {
  const paint = canvas?.getContext('2d');
  if (!canvas || !paint) return;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const scale = self.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  paint.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const { part } = sayAgain.view.value;
  const columns = Math.max(1, Math.floor(width / BAR_PX));
  const msOf = (column: number) => ((column + 0.5) / columns) * sayAgain.lengthMs;
  peaksFor(recording, columns).forEach((peak, column) => {
    const isPart = msOf(column) >= part.fromMs && msOf(column) < part.toMs;
    const bar = Math.max(2, peak * (height - 4));
    paint.fillStyle = colour(isPart ? '--accent' : '--line-strong');
    paint.fillRect(column * BAR_PX, (height - bar) / 2, BAR_PX - 1, bar);
  });
  const { placeMs } = sayAgain;
  if (placeMs === null) return;
  paint.fillStyle = colour('--ink');
  paint.fillRect((placeMs / Math.max(1, sayAgain.lengthMs)) * width - 1, 0, 2, height);
}

let peaks: { readonly of: Recording; readonly columns: number; readonly heights: readonly number[] } | null =
  null;

/** A wave is measured once for each width: it is drawn sixty times a second. */
function peaksFor(recording: Recording, columns: number): readonly number[] {
  if (peaks?.of !== recording || peaks.columns !== columns) {
    peaks = { of: recording, columns, heights: peaksOf(recording.samples, columns) };
  }
  return peaks.heights;
}
