// A dialog that the person has to answer.

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import './Dialog.css';
import { LiveRegion } from './LiveRegion';
import { useModal } from './modal';

interface DialogProps {
  readonly title: string;
  readonly part: string;
  /** An element with the id `{part}-text` says what it is about. */
  readonly hasDescription?: boolean;
  readonly children: ComponentChildren;
}

/** Show a question that cannot be closed without an answer: Escape does nothing. */
export function Dialog({ title, part, hasDescription = false, children }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  useModal(box);
  useLayoutEffect(() => {
    const dialog = box.current;
    if (!dialog) return;
    const keep = () => dialog.isConnected && dialog.showModal();
    // Chrome closes it on a second Escape, whatever `cancel` was told.
    dialog.addEventListener('close', keep);
    return () => dialog.removeEventListener('close', keep);
  }, []);
  return (
    <dialog
      ref={box}
      class="dialog"
      // Old browsers know no dialog element: there the role says it.
      role="alertdialog"
      aria-modal="true"
      aria-labelledby={`${part}-title`}
      aria-describedby={hasDescription ? `${part}-text` : undefined}
      data-part={part}
      onCancel={(event) => event.preventDefault()}
    >
      <h2 id={`${part}-title`}>{title}</h2>
      {children}
      <LiveRegion />
    </dialog>
  );
}
