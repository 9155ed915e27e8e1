// A small window beside the button that opens it: not modal, closed by Escape, by a click elsewhere and by leaving it
// with Tab. Plain elements, because native popovers came with Chrome 114 and Safari 17.

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import './Popup.css';

interface PopupProps {
  readonly label: string;
  readonly part: string;
  /** The button that opens it: it handles its own clicks, and gets the focus back. */
  readonly opener: () => HTMLElement | null;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

export function Popup({ label, part, opener, onClose, children }: PopupProps) {
  const box = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;

  useLayoutEffect(() => {
    const isOutside = ({ target }: Event) =>
      target instanceof Node && !box.current?.contains(target) && !opener()?.contains(target);
    const onAway = (event: Event) => isOutside(event) && close.current();
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      event.preventDefault();
      opener()?.focus();
      close.current();
    };
    (box.current?.querySelector<HTMLElement>('summary, button') ?? box.current)?.focus();
    document.addEventListener('pointerdown', onAway);
    document.addEventListener('focusin', onAway);
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('pointerdown', onAway);
      document.removeEventListener('focusin', onAway);
      document.removeEventListener('keydown', onKey);
    };
  }, []);

  return (
    <div ref={box} class="popup" role="dialog" aria-label={label} data-part={part} id={part} tabIndex={-1}>
      {children}
    </div>
  );
}
