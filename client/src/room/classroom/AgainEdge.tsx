// One end of the part that is heard again: a handle beside the wave's part, moved by finger, mouse or keys. The first one lies before
// the part and the last one behind it, so that neither is ever under the other. Two sliders on one line were: where the ends met, a
// finger only found the last one.

import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Edge } from '../../classroom/sound-part';
import { t } from '../../i18n/lazy-words';
import { sayUnit } from '../../i18n/units';
import { sayAgain } from './keep-voice';

const STEP_MS = 100;
const PAGE_MS = 1_000;

interface AgainEdgeProps {
  readonly edge: Edge;
  /** Tell which place of the recording is drawn at *x* of the page, ms. */
  readonly msAt: (x: number) => number;
}

export function AgainEdge({ edge, msAt }: AgainEdgeProps) {
  const handle = useRef<HTMLButtonElement>(null);
  /** How far from the end it was taken, ms; null while nobody holds it. */
  const heldMs = useRef<number | null>(null);
  const ms = sayAgain.view.value.part[edge];
  const { lengthMs } = sayAgain;
  useLayoutEffect(() => {
    if (handle.current) handle.current.style.left = `${(ms / Math.max(1, lengthMs)) * 100}%`;
  }, [ms, lengthMs]);
  const drop = () => {
    if (heldMs.current !== null) sayAgain.play();
    heldMs.current = null;
  };
  return (
    <button
      ref={handle}
      type="button"
      role="slider"
      class={edge === 'fromMs' ? 'again-edge is-first' : 'again-edge'}
      data-part={`again-${edge === 'fromMs' ? 'from' : 'to'}`}
      aria-label={t(edge === 'fromMs' ? 'again.from' : 'again.to')}
      aria-valuemin={0}
      aria-valuemax={lengthMs}
      aria-valuenow={ms}
      aria-valuetext={sayUnit(Math.round(ms / 100) / 10, 'second', 's') ?? ''}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        heldMs.current = msAt(event.clientX) - ms;
      }}
      onPointerMove={({ clientX }) => {
        if (heldMs.current !== null) sayAgain.move(edge, msAt(clientX) - heldMs.current);
      }}
      onPointerUp={drop}
      onPointerCancel={drop}
      onKeyDown={(event) => {
        const to = msByKey(event.key, ms, lengthMs);
        if (to === null || event.ctrlKey || event.altKey || event.metaKey) return;
        event.preventDefault();
        sayAgain.move(edge, to);
        sayAgain.play();
      }}
    />
  );
}

/** Find the place to which *key* moves an end that is at *ms* (WAI-ARIA, slider); null for a key that moves none. */
export function msByKey(key: string, ms: number, lengthMs: number): number | null {
  const places: Readonly<Record<string, number>> = {
    ArrowLeft: ms - STEP_MS,
    ArrowDown: ms - STEP_MS,
    ArrowRight: ms + STEP_MS,
    ArrowUp: ms + STEP_MS,
    PageDown: ms - PAGE_MS,
    PageUp: ms + PAGE_MS,
    Home: 0,
    End: lengthMs,
  };
  return places[key] ?? null;
}
