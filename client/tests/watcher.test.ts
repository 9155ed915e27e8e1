// Who shows the call may fail; the call does not.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Watchers } from '../src/call/watcher';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('an error while something is drawn keeps nobody else from hearing of it, and is thrown afterwards', () => {
  const heard: (MediaStream | null)[] = [];
  const watchers = new Watchers();
  watchers.add({
    onRemoteStream: () => {
      throw new Error('no such place');
    },
  });
  watchers.add({ onRemoteStream: (stream) => heard.push(stream) });

  watchers.tell('onRemoteStream', null);

  expect(heard).toEqual([null]);
  expect(() => vi.runAllTimers()).toThrow('no such place');
});
