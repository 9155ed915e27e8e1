// Moves the small picture: it follows the pointer and settles in the nearest corner; arrow keys do the same.

import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n/lazy-words';
import { cornerByKey, nearestCorner, nextCorner } from './corners';
import { corner } from './stage-layout';

/** A shorter way is a click of an unsteady hand. */
const DRAG_PX_MIN = 6;

interface Held {
  readonly x: number;
  readonly y: number;
  isMoved: boolean;
}

/** The handle of the element that it lies in. */
export function MoveHandle() {
  const handle = useRef<HTMLButtonElement>(null);
  const handlers = useMovable(() => handle.current?.parentElement);
  return (
    <button
      ref={handle}
      type="button"
      class="stage-move"
      data-part="move-own"
      aria-label={t('layout.move')}
      title={t('layout.move-how')}
      {...handlers}
    />
  );
}

/** Make the element that *findBox* finds movable; the returned handlers belong on its handle. */
function useMovable(findBox: () => HTMLElement | null | undefined) {
  const held = useRef<Held | null>(null);
  const from = useRef<DOMRect | null>(null);

  // The stylesheet puts it into the corner; the transform shows it coming from its old place.
  useLayoutEffect(() => {
    const [place, start] = [findBox(), from.current];
    from.current = null;
    if (!place || !start) return;
    place.style.transition = 'none';
    place.style.transform = '';
    const end = place.getBoundingClientRect();
    place.style.transform = `translate(${start.left - end.left}px, ${start.top - end.top}px)`;
    void place.offsetWidth;
    place.style.transition = '';
    place.style.transform = '';
  }, [corner.value]);

  const settle = (next: typeof corner.value | null) => {
    const place = findBox();
    if (!place || !next) return;
    if (next === corner.value) place.style.transform = '';
    else from.current = place.getBoundingClientRect();
    corner.value = next;
  };
  const drop = (event: PointerEvent) => {
    const place = findBox();
    const stage = place?.parentElement;
    const isMoved = held.current?.isMoved === true;
    held.current = null;
    place?.classList.remove('is-held');
    if (!place || !stage || !isMoved) return;
    const [own, around] = [place.getBoundingClientRect(), stage.getBoundingClientRect()];
    const centre = {
      x: own.left + own.width / 2 - around.left,
      y: own.top + own.height / 2 - around.top,
    };
    settle(event.type === 'pointercancel' ? corner.value : nearestCorner(centre, around, isRtl()));
  };

  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0 || !(event.currentTarget instanceof Element)) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      held.current = { x: event.clientX, y: event.clientY, isMoved: false };
    },
    onPointerMove: ({ clientX, clientY }: PointerEvent) => {
      const place = findBox();
      const start = held.current;
      if (!start || !place) return;
      const [x, y] = [clientX - start.x, clientY - start.y];
      start.isMoved ||= Math.hypot(x, y) >= DRAG_PX_MIN;
      if (!start.isMoved) return;
      place.classList.add('is-held');
      place.style.transform = `translate(${x}px, ${y}px)`;
    },
    onPointerUp: drop,
    onPointerCancel: drop,
    onKeyDown: (event: KeyboardEvent) => {
      const next = cornerByKey(corner.value, event.key, isRtl());
      if (!next || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      settle(next);
    },
    /** For Enter, and for the click of assistive technology. A pointer's own click moves nothing. */
    onClick: ({ detail }: MouseEvent) => detail === 0 && settle(nextCorner(corner.value)),
  };
}

function isRtl(): boolean {
  return document.documentElement.dir === 'rtl';
}
