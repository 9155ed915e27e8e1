// Which files are news, and which have no place beside the message.

import { beforeEach, expect, test, vi } from 'vitest';
import type { FileState } from '../src/classroom/file-store';
import { chosenFiles, fileActions, fileProblem } from '../src/room/store/files-state';

const shown = vi.hoisted(() => ({ features: ['files', 'chat'] }));
vi.mock('../src/theme/apply-theme', () => ({
  isShown: (feature: string) => shown.features.includes(feature),
}));
vi.mock('../src/room/store/room-store', () => ({ link: { role: 'tutor', room: 'r' }, otherRole: 'student' }));

const { findFileNews, startFiles } = await import('../src/room/classroom/share-files');

beforeEach(() => {
  vi.stubGlobal('document', new EventTarget());
  fileActions.value = null;
  chosenFiles.value = [];
});

const view = (id: string, isOwn: boolean, state: FileState) => ({ id, isOwn, state }) as never;

test('news are a file of the other’s, and the end of any', () => {
  const before = [view('a', false, 'moving'), view('b', true, 'offered'), view('c', true, 'done')];
  const now = [
    view('a', false, 'done'),
    view('b', true, 'moving'),
    view('c', true, 'done'),
    view('d', true, 'offered'),
    view('e', false, 'offered'),
  ];

  expect(findFileNews(before, now).map(({ id }) => id)).toEqual(['a', 'e']);
  expect(findFileNews(now, [view('b', true, 'unwanted')]).map(({ id }) => id)).toEqual(['b']);
});

test('where the platform shows no chat or no files, there is nothing to choose', () => {
  for (const features of [['files'], ['chat']]) {
    shown.features = features;
    startFiles();

    expect(fileActions.value).toBeNull();
  }
});

test('ten at once and 200 MB each are chosen, and what has no place is said', () => {
  shown.features = ['files', 'chat'];
  startFiles();
  const file = (name: string, size: number) => ({ name, size }) as File;
  fileActions.value?.choose([file('large.mov', 200 * 1_048_576 + 1), file('a', 1)]);

  expect(chosenFiles.value.map(({ name }) => name)).toEqual(['a']);
  expect(fileProblem.value).toBe('“large.mov” is larger than 200 MB.');

  fileActions.value?.choose(Array.from({ length: 12 }, (_, place) => file(`${place}`, 1)));

  expect(chosenFiles.value).toHaveLength(10);
  expect(fileProblem.value).toBe('Choose at most 10 files at once.');

  fileActions.value?.choose([]);

  expect(fileProblem.value).toBeNull();
});
