// A line that both people may write in at once. Law: what the other person writes never takes away what is being written here, nor
// breaks off the composition of a Japanese or Chinese word.

import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Text } from 'yjs';
import { changeBetween, placeAfter } from '../../classroom/text-change';
import { FIELD_CHARACTERS_MAX } from '../../classroom/word-list';

interface SharedFieldProps {
  readonly text: Text;
  readonly label: string;
  readonly class?: string;
  readonly lang?: string | undefined;
  readonly isReadOnly: boolean;
  /** The field showed *before* and now shows *after*. */
  readonly onEdit: (before: string, after: string) => void;
}

export function SharedField({ text, label, class: className, lang, isReadOnly, onEdit }: SharedFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const shown = useRef('');
  const isComposing = useRef(false);
  const show = () => {
    const { current: box } = field;
    if (!box || isComposing.current) return;
    const next = text.toString().slice(0, FIELD_CHARACTERS_MAX);
    const places = placesAfter(box, shown.current, next);
    shown.current = next;
    if (box.value === next) return;
    box.value = next;
    if (document.activeElement === box) box.setSelectionRange(...places);
  };
  const take = (after: string) => {
    const before = shown.current;
    shown.current = after;
    if (before !== after) onEdit(before, after);
  };
  useLayoutEffect(() => {
    text.observe(show);
    show();
    return () => text.unobserve(show);
  }, [text]);
  return (
    <input
      ref={field}
      class={className}
      aria-label={label}
      placeholder={label}
      lang={lang}
      dir="auto"
      maxLength={FIELD_CHARACTERS_MAX}
      autocomplete="off"
      // A longer text comes from a page of another kind: an edit would be one of its beginning only.
      readOnly={isReadOnly || text.length > FIELD_CHARACTERS_MAX}
      onInput={({ currentTarget }) => take(currentTarget.value)}
      onCompositionStart={() => {
        isComposing.current = true;
      }}
      onCompositionEnd={({ currentTarget }) => {
        isComposing.current = false;
        take(currentTarget.value);
        show();
      }}
    />
  );
}

type Selected = Pick<HTMLInputElement, 'selectionStart' | 'selectionEnd'>;

/** Where the selection of *box* goes when its text becomes *after*. */
export function placesAfter(box: Selected, before: string, after: string): [number, number] {
  const change = changeBetween(before, after);
  const [start, end] = [box.selectionStart ?? 0, box.selectionEnd ?? 0];
  // What the other person writes at the caret comes behind it.
  const move = (place: number) =>
    place === change.at && change.removed === 0 ? place : placeAfter(change, place);
  return [move(start), move(end)];
}
