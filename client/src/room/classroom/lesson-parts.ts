// What a person takes home of a lesson: its parts in the page's language, and the files made of them.

import type { Doc } from 'yjs';
import type { ChatLine } from '../../call/transport/wire';
import { writeAnkiPackage } from '../../classroom/anki-package';
import type { Shape } from '../../classroom/board-shapes';
import { LESSON_JSON, writeLessonFile } from '../../classroom/lesson-file';
import {
  type LessonHead,
  type LessonPart,
  type PartFile,
  packFiles,
  writeLessonPage,
} from '../../classroom/lesson-page';
import { type Block, readBlocks, sizeOf } from '../../classroom/note-blocks';
import { writeNotesHtml, writeNotesMarkdown } from '../../classroom/notes-text';
import { notesOf } from '../../classroom/notes-values';
import type { KeptPicture } from '../../classroom/picture-store';
import { html } from '../../classroom/safe-html';
import { type CardText, FIELDS, WordList } from '../../classroom/word-list';
import { locale, language as ownLanguage } from '../../i18n';
import { formatTimeOfDay } from '../../i18n/format';
import { t } from '../../i18n/lazy-words';
import { formatTime } from '../../i18n/localized';
import { theme } from '../../theme/apply-theme';
import { link, state } from '../store/room-store';
import { lessonLanguage, type WrittenCard, writeCard, writeTable } from './card-rows';
import { makeBoard, makePictures, readShapes } from './lesson-pictures';
import { metName } from './tools-state';

const DATE = { day: 'numeric', month: 'long', year: 'numeric' } as const;

/** A lesson as it is kept. */
export interface KeptLesson {
  readonly cards: readonly WrittenCard[];
  readonly notes: readonly Block[];
  readonly chat: readonly ChatLine[];
  readonly board: readonly Shape[];
  /** Those of the chat. */
  readonly pictures: readonly KeptPicture[];
}

/** Read what is in *doc*, if there is one, and in the chat with its *pictures*. */
export function readLesson(
  doc: Doc | null,
  chat: readonly ChatLine[],
  pictures: readonly KeptPicture[] = [],
): KeptLesson {
  const notes = doc ? readBlocks(notesOf(doc)) : [];
  return {
    cards: doc ? new WordList(doc).read().map(writeCard) : [],
    notes: notes.some(hasText) ? notes : [],
    chat,
    board: readShapes(doc),
    pictures,
  };
}

/** More than an empty paragraph. */
function hasText(block: Block): boolean {
  return sizeOf([block]) > 2;
}

/** The first headings of the notes, as one reads what a lesson was about. */
export function headingsOf({ notes }: KeptLesson, countMax: number): readonly string[] {
  return notes
    .flatMap((block) => (block.kind === 'heading' ? block.spans.map(({ text }) => text).join('') : []))
    .filter((text) => text.trim() !== '')
    .slice(0, countMax);
}

/** Save everything as a ZIP would have it. */
export async function packLesson(lesson: KeptLesson): Promise<readonly [name: string, zip: Uint8Array]> {
  const parts = await makeParts(lesson);
  const { title } = makeHead();
  const page = encode(writeLessonPage(makeHead(), parts));
  const [name = 'lesson', ending = 'json'] = LESSON_JSON.split('.');
  const files: readonly PartFile[] = [
    {
      name,
      ending,
      bytes: writeLessonFile({ ...lesson, startMs: startMs(), language: lessonLanguage() || null }),
    },
    { name: title, ending: 'html', bytes: page },
    ...parts.flatMap((part) => part.files),
  ];
  return [title, packFiles(files)];
}

/** Write everything as one page. */
export async function writePage(lesson: KeptLesson): Promise<readonly [name: string, page: string]> {
  const head = makeHead();
  return [head.title, writeLessonPage(head, await makeParts(lesson))];
}

/** Write the words for Anki. */
export function writeDeck(cards: readonly CardText[]): Promise<Uint8Array> {
  const brand = theme.value.brand ?? 'LangDAO';
  const language = lessonLanguage();
  const fields = FIELDS.map((name) => t(`vocabulary.${name}`)) as [string, string, string];
  return writeAnkiPackage({ name: `${brand} ${language}`.trim(), language, fields, cards }, Date.now());
}

/** The parts in the order in which they are read. A part without anything in it is left out. */
async function makeParts(lesson: KeptLesson): Promise<readonly LessonPart[]> {
  const { notes, cards, chat, board } = lesson;
  const pictures = await makePictures(lesson.pictures);
  return [
    ...(notes.length > 0 ? [makeNotes(notes)] : []),
    ...(board.length > 0 ? [await makeBoard(board)] : []),
    ...(cards.length > 0 ? [await makeVocabulary(cards)] : []),
    ...(pictures ? [pictures] : []),
    ...(chat.length > 0 ? [makeChat(chat)] : []),
  ];
}

function makeNotes(notes: readonly Block[]): LessonPart {
  const title = t('notes.title');
  return {
    title,
    body: writeNotesHtml(notes),
    files: [{ name: title, ending: 'md', bytes: encode(writeNotesMarkdown(notes)) }],
  };
}

async function makeVocabulary(cards: readonly WrittenCard[]): Promise<LessonPart> {
  const title = t('vocabulary.title');
  const language = lessonLanguage();
  const rows = cards.map(
    ({ word, meaning, example }) => html`<tr>
<td lang="${language}" dir="auto"><strong>${word}</strong></td>
<td dir="auto">${meaning}</td>
<td lang="${language}" dir="auto">${example}</td>
</tr>
`,
  );
  const heads = FIELDS.map((name) => html`<th scope="col">${t(`vocabulary.${name}`)}</th>`);
  return {
    title,
    body: html`<table>\n<thead><tr>${heads}</tr></thead>\n<tbody>\n${rows}</tbody>\n</table>\n`,
    files: [
      { name: title, ending: 'csv', bytes: encode(writeTable(cards)) },
      { name: title, ending: 'apkg', bytes: await writeDeck(cards) },
    ],
  };
}

function makeChat(chat: readonly ChatLine[]): LessonPart {
  const title = t('panel.chat');
  const lines = chat.map(
    ({ role, text, timestamp }) => html`<dt>${t(`role.${role}`)} <time>${formatTime(timestamp)}</time></dt>
<dd dir="auto">${text}</dd>
`,
  );
  const asText = chat.map(
    ({ role, text, timestamp }) => `[${formatTime(timestamp)}] ${t(`role.${role}`)}: ${text}\n`,
  );
  return {
    title,
    body: html`<dl>\n${lines}</dl>\n`,
    files: [{ name: title, ending: 'txt', bytes: encode(asText.join('')) }],
  };
}

function makeHead(): LessonHead {
  const names = [state.value.me.name, metName.value].filter((name) => name !== null && name !== '');
  return {
    title: t('home.lesson', { date: formatTimeOfDay(locale.value, startMs(), DATE) }),
    lines: [names.join(' · '), theme.value.brand ?? 'LangDAO'].filter((line) => line !== ''),
    language: ownLanguage.value,
    direction: document.documentElement.dir === 'rtl' ? 'rtl' : 'ltr',
  };
}

/** When the lesson began, Unix ms. A page that was loaded after the end knows only the end. */
function startMs(): number {
  const { session, outcome } = state.value;
  const endMs = outcome?.kind === 'ended' ? outcome.end.timestamp - outcome.end.totalSeconds * 1_000 : null;
  return session?.start ?? link.sessionStart ?? endMs ?? Date.now();
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
