// What a person takes home of a lesson that is over: what was learned, the files to keep, and a quiz. Loaded with the end.

import { FileText, PackageOpen } from 'lucide';
import { useEffect, useMemo, useState } from 'preact/hooks';
import './TakeHome.css';
import type { Doc } from 'yjs';
import { readClock } from '../../base/clock';
import { loadPart } from '../../base/load-part';
import { hasDocument } from '../../classroom/document-store';
import type { FileView } from '../../classroom/file-exchange';
import { type KeptPicture, keepPictures, readPictures } from '../../classroom/picture-store';
import { canAsk } from '../../classroom/quiz-rules';
import { makeFileName } from '../../classroom/saved-name';
import { t } from '../../i18n/lazy-words';
import { isShown } from '../../theme/apply-theme';
import { shownFiles } from '../store/files-state';
import { state } from '../store/room-store';
import { AnkiButton } from './AnkiButton';
import { headingsOf, type KeptLesson, packLesson, readLesson, writePage } from './lesson-parts';
import { findPictures } from './lesson-pictures';
import { Quiz } from './Quiz';
import { QuizButton, type QuizStand } from './QuizButton';
import { SaveButton } from './SaveButton';
import { saveFile } from './save-file';
import { lessonName, tools } from './tools-state';

const HEADINGS_MAX = 3;

/** Find the lesson's document: as this page has it, or as this browser has kept it. Null where no tool was opened. */
async function findDocument(): Promise<Doc | null> {
  const name = lessonName();
  const { value: open } = tools.classroom;
  if (!open && !(await hasDocument(name))) return null;
  const classroom = open ?? (await reopen(name));
  await classroom.restored;
  return classroom.doc;
}

/** Without a channel: the lesson is over. */
async function reopen(name: string) {
  const { Classroom } = await loadPart(() => import('../../classroom/classroom'));
  const classroom = new Classroom(name, readClock, () => undefined);
  classroom.stop();
  return classroom;
}

export function TakeHome() {
  const [doc, setDoc] = useState<Doc | null>(null);
  const { chat } = state.value;
  useEffect(() => void findDocument().then(setDoc), []);
  const pictures = usePictures(shownFiles.value);
  const lesson = useMemo(() => readLesson(doc, chat, pictures), [doc, chat, pictures]);
  const { cards, notes, board } = lesson;
  if (cards.length + notes.length + board.length + chat.length + pictures.length === 0) return null;
  return <Kept lesson={lesson} />;
}

/** Find the pictures among *files* and keep them for a reload of this page, after which there are no files: then give those. */
function usePictures(files: readonly FileView[]): readonly KeptPicture[] {
  const [pictures, setPictures] = useState<readonly KeptPicture[]>([]);
  useEffect(() => {
    let isPast = false;
    const name = lessonName();
    void (files.length > 0 ? findPictures(files) : readPictures(name)).then((found) => {
      if (isPast) return;
      setPictures(found);
      if (files.length > 0 && found.length > 0) void keepPictures(name, found, readClock());
    });
    return () => {
      isPast = true;
    };
  }, [files]);
  return pictures;
}

function Kept({ lesson }: { readonly lesson: KeptLesson }) {
  const [quiz, setQuiz] = useState<QuizStand>('none');
  const askable = lesson.cards.filter(canAsk);
  if (quiz === 'open')
    return (
      <div class="card take-home">
        <Quiz cards={askable} onClose={() => setQuiz('closed')} />
      </div>
    );
  return (
    <section class="card take-home" aria-labelledby="take-home-title" data-part="take-home">
      <h2 id="take-home-title">{t('home.title')}</h2>
      <Learned lesson={lesson} />
      {isShown('home') && <Files lesson={lesson} />}
      {isShown('vocabulary') && lesson.cards.length > 0 && <AnkiButton cards={lesson.cards} />}
      {isShown('vocabulary') && askable.length > 0 && (
        <QuizButton stand={quiz} onOpen={() => setQuiz('open')} />
      )}
      {isShown('home') && <p class="interlude-small">{t('home.own')}</p>}
    </section>
  );
}

function Learned({ lesson }: { readonly lesson: KeptLesson }) {
  const headings = headingsOf(lesson, HEADINGS_MAX);
  const { cards, notes, chat, board } = lesson;
  const parts = [
    cards.length > 0 && t('home.words', { count: cards.length }),
    notes.length > 0 && t('notes.title'),
    board.length > 0 && t('board.title'),
    chat.length > 0 && t('panel.chat'),
  ].filter((words) => words !== false);
  return (
    <div class="take-home-learned" data-part="learned">
      <p>{parts.join(' · ')}</p>
      {headings.length > 0 && (
        <ul>
          {headings.map((heading, at) => (
            <li key={at} dir="auto">
              {heading}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Files({ lesson }: { readonly lesson: KeptLesson }) {
  return (
    <>
      <SaveButton
        icon={PackageOpen}
        label={t('home.zip')}
        part="save-lesson"
        isMain
        onSave={async () => {
          const [name, zip] = await packLesson(lesson);
          saveFile(zip, makeFileName(name, 'zip'));
        }}
      />
      <SaveButton
        icon={FileText}
        label={t('home.page')}
        part="save-page"
        onSave={async () => {
          const [name, page] = await writePage(lesson);
          saveFile(page, makeFileName(name, 'html'));
        }}
      />
    </>
  );
}
