// Files from a drop and from a paste.

import { afterEach, expect, test, vi } from 'vitest';
import { filesOf, takeDrops, takePaste } from '../src/room/chat/dropped-files';
import { fileActions } from '../src/room/store/files-state';

vi.mock('../src/room/store/panel-state', () => ({ openToWrite: vi.fn() }));

const choose = vi.fn();
const file = new File(['x'], 'x.png');
const item = (isDirectory: boolean) => ({
  kind: 'file',
  getAsFile: () => file,
  webkitGetAsEntry: () => ({ isDirectory }),
});

function transfer(items: object[], text = ''): DataTransfer {
  return { items, types: items.length > 0 ? ['Files'] : [], getData: () => text } as unknown as DataTransfer;
}

afterEach(() => {
  choose.mockReset();
  fileActions.value = null;
});

function paste(clipboardData: DataTransfer) {
  const event = { clipboardData, preventDefault: vi.fn() };
  fileActions.value = { choose } as never;
  takePaste(event as never);
  return event;
}

test('a folder is left out, and text is no file', () => {
  expect(filesOf(transfer([item(true), item(false), { kind: 'string' }]))).toEqual([file]);
  expect(filesOf(null)).toEqual([]);
});

test('a pasted picture is chosen; the picture of a pasted text is not, and the text comes as always', () => {
  expect(paste(transfer([item(false)])).preventDefault).toHaveBeenCalledOnce();
  expect(choose).toHaveBeenCalledExactlyOnceWith([file]);

  expect(paste(transfer([item(false)], 'a word')).preventDefault).not.toHaveBeenCalled();
  expect(paste(transfer([])).preventDefault).not.toHaveBeenCalled();
  expect(choose).toHaveBeenCalledOnce();
});

test('a drop that no other tool took is ours, wherever it is: the browser never leaves the call for it', () => {
  const page = new EventTarget();
  vi.stubGlobal('document', page);
  fileActions.value = { choose } as never;
  takeDrops();
  const drop = (isTaken: boolean, dataTransfer: DataTransfer) => {
    const event = Object.assign(new Event('drop', { cancelable: true }), { dataTransfer });
    if (isTaken) event.preventDefault();
    page.dispatchEvent(event);
    return event.defaultPrevented;
  };

  expect(drop(false, transfer([item(false)]))).toBe(true);
  expect(choose).toHaveBeenCalledOnce();
  expect(drop(true, transfer([item(false)]))).toBe(true);
  expect(drop(false, transfer([]))).toBe(false);
  expect(drop(false, transfer([item(true)]))).toBe(true);
  expect(choose).toHaveBeenCalledOnce();
  vi.unstubAllGlobals();
});
