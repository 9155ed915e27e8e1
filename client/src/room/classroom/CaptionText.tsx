// What the other has said, large: each word can be pressed, which makes a card of it. Nothing here is said by a screen reader by itself,
// because the person hears the other speak; it is there to be read as a log.

import { signal } from '@preact/signals';
import type { TargetedKeyboardEvent } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { splitWords } from '../../classroom/caption-words';
import { cleanWord } from '../../classroom/clean-word';
import { t } from '../../i18n/lazy-words';
import { isShown } from '../../theme/apply-theme';
import { announce } from '../../ui/LiveRegion';
import { addWord } from './add-word';
import { wordAt } from './caption-keys';
import { captions } from './live-captions';

/** So many of the other's lines can be scrolled back to; the take-home file has all. */
const SHOWN_MAX = 40;

/** The words that were pressed, by line and place. */
const added = signal<ReadonlySet<string>>(new Set());
const ADDED_MAX = 500;

export function CaptionText() {
  const { log } = captions.view.value;
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const marks = added.value;
  const lines = useMemo(
    () =>
      log.lines
        .filter(({ isOwn }) => !isOwn)
        .slice(-SHOWN_MAX)
        .map(({ key, language, text }) => <Line key={key} {...{ id: `${key}`, language, text, marks }} />),
    [log.lines, marks],
  );
  const follow = () => {
    if (box.current && isAtEnd.current) box.current.scrollTop = box.current.scrollHeight;
  };
  useLayoutEffect(follow, [lines, log.theirs]);
  useLayoutEffect(() => {
    // Firefox before 69 and Safari before 13.1 follow with the next word.
    if (!box.current || !('ResizeObserver' in self)) return undefined;
    const watcher = new ResizeObserver(follow);
    watcher.observe(box.current);
    return () => watcher.disconnect();
  }, []);
  return (
    <div
      ref={box}
      class="captions-text"
      role="log"
      aria-live="off"
      aria-label={t('captions.log')}
      data-part="captions-text"
      // It scrolls, and its words are reached from it with the arrow keys.
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached with the keyboard.
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
      onKeyDown={moveFocus}
    >
      {lines}
      {log.theirs && (
        <Line id="" language={log.theirs.language} text={log.theirs.text} marks={marks} isInterim />
      )}
    </div>
  );
}

function moveFocus(event: TargetedKeyboardEvent<HTMLElement>): void {
  const words = [...event.currentTarget.querySelectorAll('button')];
  const at = words.indexOf(document.activeElement as HTMLButtonElement);
  const line = words[at]?.closest('p') ?? event.currentTarget;
  const next = wordAt(words.length, at, event.key, getComputedStyle(line).direction === 'rtl');
  if (next === null) return;
  event.preventDefault();
  words[next]?.focus();
}

interface LineProps {
  readonly id: string;
  readonly language: string;
  readonly text: string;
  readonly marks: ReadonlySet<string>;
  readonly isInterim?: boolean;
}

/** Drawn once: forty lines of characters that are words by themselves are ten thousand buttons, and the other may send twelve lines a
 * second. */
function Line({ id, language, text, marks, isInterim = false }: LineProps) {
  return useMemo(
    () => drawLine({ id, language, text, marks, isInterim }),
    [id, language, text, marks, isInterim],
  );
}

function drawLine({ id, language, text, marks, isInterim }: Required<LineProps>) {
  const about = {
    lang: language || undefined,
    dir: 'auto' as const,
    class: isInterim ? 'is-interim' : undefined,
  };
  if (!isShown('vocabulary')) return <p {...about}>{text}</p>;
  return (
    <p {...about}>
      {splitWords(text, language).map((piece, place) =>
        piece.isWord ? (
          <button
            key={place}
            type="button"
            class={marks.has(`${id} ${place}`) ? 'caption-word is-added' : 'caption-word'}
            tabIndex={-1}
            onClick={() => void add(piece.text, text, `${id} ${place}`)}
          >
            {piece.text}
          </button>
        ) : (
          piece.text
        ),
      )}
    </p>
  );
}

async function add(text: string, sentence: string, mark: string): Promise<void> {
  const word = cleanWord(text);
  const wasRoom = await addWord(word, sentence);
  announce('captions', wasRoom ? t('captions.added', { word }) : t('tools.full'));
  if (!wasRoom) return;
  added.value = new Set([...added.value, mark].slice(-ADDED_MAX));
}
