// A dialog that a person may close at any time: by Escape, and by the button that it has for that.

import { X } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import './Dialog.css';
import { Icon } from './Icon';
import { LiveRegion } from './LiveRegion';
import { closeModal, useModal } from './modal';

interface ClosableDialogProps {
  readonly part: string;
  readonly title: string;
  readonly class?: string;
  /** What the button that closes it is called. */
  readonly closing: string;
  /** Whether that is a cross in the corner; else it is a button at the end. */
  readonly hasCross?: boolean;
  readonly onClose: () => void;
  /** *close* closes the dialog from within. */
  readonly children: (close: () => void) => ComponentChildren;
}

export function ClosableDialog(props: ClosableDialogProps) {
  const { part, title, class: kind, closing, hasCross = false, onClose, children } = props;
  const box = useRef<HTMLDialogElement>(null);
  useModal(box, onClose);
  const close = () => closeModal(box, onClose);
  return (
    <dialog
      ref={box}
      class={kind ? `dialog ${kind}` : 'dialog'}
      aria-labelledby={`${part}-title`}
      data-part={part}
      onClose={onClose}
    >
      <h2 id={`${part}-title`}>{title}</h2>
      {hasCross && (
        <button type="button" class="panel-close" aria-label={closing} title={closing} onClick={close}>
          <Icon of={X} />
        </button>
      )}
      {children(close)}
      {!hasCross && (
        <div class="dialog-actions">
          <button type="button" class="button primary" onClick={close}>
            {closing}
          </button>
        </div>
      )}
      <LiveRegion />
    </dialog>
  );
}
