// Brings the lesson's files to the chat. What carries them is loaded with the first tool that either person uses. Law: a file is
// shown and saved, and never opened.

import { effect } from '@preact/signals';
import { readClock } from '../../base/clock';
import { loadPart } from '../../base/load-part';
import { serverTime } from '../../call/state';
import type { FileExchange, FileView } from '../../classroom/file-exchange';
import { CHOSEN_MAX, FILE_BYTES_MAX } from '../../classroom/file-limits';
import { t } from '../../i18n/lazy-words';
import { isShown } from '../../theme/apply-theme';
import { announce } from '../../ui/LiveRegion';
import { takeDrops } from '../chat/dropped-files';
import { chosenFiles, fileActions, fileParts, fileProblem, shownFiles } from '../store/files-state';
import { link, otherRole, state } from '../store/room-store';
import { newFiles } from '../store/unread';
import { tools } from './tools-state';

/** Be ready for files from now on, if the platform shows them: they stand in the chat. */
export function startFiles(): void {
  if (!isShown('files') || !isShown('chat')) return;
  let opened: Promise<FileExchange> | null = null;
  const open = () => {
    opened ??= openExchange();
    return opened;
  };
  fileActions.value = {
    choose,
    offer: (files) => void open().then((exchange) => offerAll(exchange, files)),
    fetch: (id) => void open().then((exchange) => exchange.fetch(id)),
    stop: (id) => void open().then((exchange) => exchange.stop(id)),
    read: async (id) => (await open()).readBlob(id),
  };
  takeDrops();
  if (hadFiles()) void open();
  effect(() => {
    if (tools.classroom.value) void open();
  });
}

async function openExchange(): Promise<FileExchange> {
  const { LessonFiles } = await loadPart(() => import('../../classroom/lesson-files'));
  const classroom = await waitForTools();
  // What was kept is told of before it is opened whole.
  let exchange: FileExchange | null = null;
  const files = await LessonFiles.open({
    lesson: `${link.role} ${link.room}`,
    clock: readClock,
    onReady: () => classroom.send(),
    onChange: () => exchange && show(exchange),
    onDropped: () => {
      fileProblem.value = t('files.dropped');
    },
  });
  exchange = files.exchange;
  // What was there before a reload is no news.
  shownFiles.value = timed(exchange.views);
  classroom.carry(files);
  show(exchange);
  return exchange;
}

function waitForTools(): Promise<NonNullable<typeof tools.classroom.value>> {
  void tools.open();
  return new Promise((resolve) => {
    const stop = effect(() => {
      const { value } = tools.classroom;
      if (!value) return;
      resolve(value);
      setTimeout(() => stop(), 0);
    });
  });
}

/** By the service's clock, as the lines of chat are. */
function timed(views: readonly FileView[]): readonly FileView[] {
  return views.map((view) => ({ ...view, atMs: serverTime(state.peek(), view.atMs) }));
}

function show({ views: own }: FileExchange): void {
  const views = timed(own);
  if (views.length > 0) {
    void loadParts();
    noteFiles();
  }
  for (const news of findFileNews(shownFiles.peek(), views)) {
    announce(`file ${news.id}`, sayNews(news));
    if (news.state !== 'done') newFiles.value += 1;
  }
  shownFiles.value = views;
}

async function loadParts(): Promise<void> {
  fileParts.value ??= await loadPart(() => import('../chat/file-parts'));
}

/** Find what a person has to hear of: a file of the other's that is new, one that is there, and one that will not come. */
export function findFileNews(before: readonly FileView[], now: readonly FileView[]): readonly FileView[] {
  const known = new Map(before.map((view) => [view.id, view.state]));
  return now.filter(({ id, isOwn, state }) => {
    const was = known.get(id);
    if (was === state || (isOwn && was === undefined)) return false;
    return was === undefined ? !isOwn : state !== 'offered' && state !== 'moving';
  });
}

function sayNews({ name, isOwn, state }: FileView): string {
  const who = isOwn ? t('room.you') : t(`role.${otherRole}`);
  return [who, name, t(state === 'done' ? 'files.state.done' : 'files.title')].join(': ');
}

/** Put *files* beside the message, and say which have no place there. */
function choose(files: readonly File[]): void {
  void loadParts();
  const tooLarge = files.find(({ size }) => size > FILE_BYTES_MAX);
  const fitting = [...chosenFiles.value, ...files.filter(({ size }) => size <= FILE_BYTES_MAX)];
  chosenFiles.value = fitting.slice(0, CHOSEN_MAX);
  if (tooLarge) fileProblem.value = t('files.too-large', { name: tooLarge.name });
  else fileProblem.value = fitting.length > CHOSEN_MAX ? t('files.too-many', { count: CHOSEN_MAX }) : null;
}

function offerAll(exchange: FileExchange, files: readonly File[]): void {
  for (const file of files) {
    const isOffered = exchange.offer({
      name: file.name,
      type: file.type,
      size: file.size,
      blob: file,
      read: async (start, end) => new Uint8Array(await file.slice(start, end).arrayBuffer()),
    });
    if (!isOffered) fileProblem.value = t('files.full');
  }
}

function key(): string {
  return `langdao:files:${link.role}:${link.room}`;
}

/** After a reload the list of files is wanted although nobody uses a tool. */
function noteFiles(): void {
  try {
    sessionStorage.setItem(key(), '1');
  } catch {
    // Forbidden or full: the other's next word brings the list back.
  }
}

function hadFiles(): boolean {
  try {
    return sessionStorage.getItem(key()) !== null;
  } catch {
    return false;
  }
}
