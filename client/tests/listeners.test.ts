// A listener may fail; the call does not.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Listeners } from '../src/call/listeners';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('an error while something is drawn keeps nobody else from hearing of it, and is thrown afterwards', () => {
  const heard: (MediaStream | null)[] = [];
  const listeners = new Listeners();
  listeners.add({
    onRemoteStream: () => {
      throw new Error('no such place');
    },
  });
  listeners.add({ onRemoteStream: (stream) => heard.push(stream) });

  listeners.emit('onRemoteStream', null);

  expect(heard).toEqual([null]);
  expect(() => vi.runAllTimers()).toThrow('no such place');
});
