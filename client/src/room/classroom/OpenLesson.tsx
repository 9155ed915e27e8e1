// Opens the file of an earlier lesson: it says what is in it, and after a press words and notes go on in this lesson, on both pages.

import { FolderOpen } from 'lucide';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import './OpenLesson.css';
import type { Doc } from 'yjs';
import type { Continued, FileProblem, LessonFile } from '../../classroom/lesson-file';
import { locale } from '../../i18n';
import { formatTimeOfDay } from '../../i18n/format';
import { t } from '../../i18n/lazy-words';
import { Icon } from '../../ui/Icon';
import { tools } from './tools-state';

const DATE = { day: 'numeric', month: 'long', year: 'numeric' } as const;

type Stand =
  | { readonly kind: 'none' }
  | { readonly kind: 'read'; readonly lesson: LessonFile }
  | { readonly kind: 'done'; readonly continued: Continued }
  | { readonly kind: 'refused'; readonly problem: FileProblem | 'failed' };

/** Loaded with the first file: it takes a ZIP apart. */
const load = () => import('../../classroom/lesson-file');

async function read(file: File): Promise<Stand> {
  try {
    const { FILE_BYTES_MAX, FileRefused, receiveLessonFile } = await load();
    if (file.size > FILE_BYTES_MAX) return { kind: 'refused', problem: 'large' };
    const bytes = new Uint8Array(await new Response(file).arrayBuffer());
    try {
      return { kind: 'read', lesson: receiveLessonFile(bytes) };
    } catch (error) {
      return { kind: 'refused', problem: error instanceof FileRefused ? error.problem : 'wrong' };
    }
  } catch {
    return { kind: 'refused', problem: 'failed' };
  }
}

export function OpenLesson({ doc }: { readonly doc: Doc }) {
  const [stand, setStand] = useState<Stand>({ kind: 'none' });
  const field = useRef<HTMLInputElement>(null);
  const isFull = tools.status.value?.isFull === true;
  const add = async (lesson: LessonFile) => {
    const { continueLesson } = await load();
    setStand({ kind: 'done', continued: continueLesson(doc, lesson) });
  };
  return (
    <div class="open-lesson">
      <button
        type="button"
        class="button"
        data-part="open-lesson"
        disabled={isFull}
        onClick={() => field.current?.click()}
      >
        <Icon of={FolderOpen} />
        <span>{t('home.open')}</span>
      </button>
      <input
        ref={field}
        type="file"
        hidden
        accept=".zip,application/zip"
        data-part="lesson-file"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          // The same file can be chosen again.
          if (file) void read(file).then(setStand);
          currentTarget.value = '';
        }}
      />
      {stand.kind === 'read' && (
        <Found lesson={stand.lesson} onAdd={add} onCancel={() => setStand({ kind: 'none' })} />
      )}
      <output class="open-lesson-said" data-part="lesson-file-said">
        {wordsOf(stand)}
      </output>
    </div>
  );
}

function Found(props: {
  readonly lesson: LessonFile;
  readonly onAdd: (lesson: LessonFile) => Promise<void>;
  readonly onCancel: () => void;
}) {
  const { lesson, onAdd, onCancel } = props;
  const { startMs, cards, notes } = lesson;
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => button.current?.focus(), [lesson]);
  return (
    <div class="open-lesson-found" data-part="lesson-found">
      {startMs !== null && (
        <strong>{t('home.lesson', { date: formatTimeOfDay(locale.value, startMs, DATE) })}</strong>
      )}
      <span>
        {t('home.words', { count: cards.length })}
        {notes.length > 0 && ` · ${t('notes.title')}`}
      </span>
      <span class="open-lesson-actions">
        <button type="button" class="button" onClick={onCancel}>
          {t('home.cancel')}
        </button>
        <button
          type="button"
          class="button primary"
          data-part="add-lesson"
          ref={button}
          onClick={() => void onAdd(lesson)}
        >
          {t('home.add')}
        </button>
      </span>
    </div>
  );
}

/** Say what came of it; nothing while the person is asked. */
export function wordsOf(stand: Stand): string {
  switch (stand.kind) {
    case 'done': {
      const { cards, hasNotes, isFull } = stand.continued;
      const isNew = cards > 0 || hasNotes;
      return [isNew ? t('home.added') : !isFull && t('home.there'), isFull && t('home.full')]
        .filter((words) => words !== false)
        .join(' ');
    }
    case 'refused':
      return t(`home.${stand.problem}`);
    default:
      return '';
  }
}
