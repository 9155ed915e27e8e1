// How a file stands, in words: who gives it is told something else than who gets it. A picture that cannot be read is none.

import { expect, test, vi } from 'vitest';
import words from '../src/i18n/en.json';
import { openPicture, wordsOf } from '../src/room/chat/FileLine';
import { fileActions } from '../src/room/store/files-state';

vi.mock('../src/room/store/room-store', () => ({}));

const STATES = ['offered', 'done', 'unwanted', 'gone', 'damaged', 'no-room', 'unreadable'] as const;

test('every end has its words, and what one can do about it depends on the side', () => {
  const said = (isOwn: boolean) => STATES.map((state) => words[wordsOf({ state, isOwn })]);

  for (const each of [...said(true), ...said(false)]) expect(each).toBeTruthy();
  expect(said(true)[3]).toBe('This page was reloaded. Choose the file again.');
  expect(said(false)[3]).toBe('Their page was reloaded. Ask them to send it again.');
  expect(said(true)[5]).not.toBe(said(false)[5]);
});

test('an own picture that was moved on the disk since is not shown', async () => {
  const moved = new Blob(['x']);
  const gone = () => Promise.reject(new DOMException('moved', 'NotReadableError'));
  vi.spyOn(Blob.prototype, 'arrayBuffer').mockImplementation(gone);

  for (const read of [async () => moved, gone]) {
    fileActions.value = { read } as unknown as NonNullable<typeof fileActions.value>;
    expect(await openPicture('a')).toBeNull();
  }
});
