// A part that is loaded later: its place is kept, a failure is shown there, and it is tried again by itself.

import type { ComponentType, VNode } from 'preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeLazy } from '../src/ui/lazy';

const Part = () => null;
const Place = () => null;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What *View* shows now. */
function look(View: ComponentType): VNode {
  return (View as () => VNode)();
}

test('it is fetched once, however often it is wanted, and then takes its place', async () => {
  const fetch = vi.fn(async () => Part);
  const { load, View } = makeLazy(fetch, Place);

  load();
  load();
  expect(look(View)).toMatchObject({ type: Place, props: { hasFailed: false } });
  await vi.advanceTimersByTimeAsync(0);

  expect(look(View).type).toBe(Part);
  expect(fetch).toHaveBeenCalledTimes(1);
});

test('whoever looks at it first asks for it', async () => {
  const { View } = makeLazy(async () => Part, Place);

  look(View);
  await vi.advanceTimersByTimeAsync(0);

  expect(look(View).type).toBe(Part);
});

test('a failure stays to be seen until it is there, and it comes without a click', async () => {
  const fetch = vi.fn(async (): Promise<ComponentType> => Part);
  fetch.mockRejectedValueOnce(new Error('offline'));
  const { load, View } = makeLazy(fetch, Place);

  load();
  await vi.advanceTimersByTimeAsync(0);
  expect(look(View)).toMatchObject({ type: Place, props: { hasFailed: true, onRetry: load } });
  await vi.runAllTimersAsync();

  expect(look(View).type).toBe(Part);
  expect(fetch).toHaveBeenCalledTimes(2);
});
