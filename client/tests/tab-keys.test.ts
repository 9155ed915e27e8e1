// The tabs of the side panel, by keyboard.

import { expect, test } from 'vitest';
import { tabAt } from '../src/room/classroom/tab-keys';

const TABS = ['chat', 'vocabulary', 'notes'];

test.each([
  ['chat', 'ArrowRight', false, 'vocabulary'],
  ['notes', 'ArrowRight', false, 'chat'],
  ['chat', 'ArrowLeft', false, 'notes'],
  ['chat', 'ArrowRight', true, 'notes'],
  ['chat', 'ArrowLeft', true, 'vocabulary'],
  ['vocabulary', 'Home', false, 'chat'],
  ['vocabulary', 'End', true, 'notes'],
  ['vocabulary', 'a', false, null],
  ['vocabulary', 'Tab', false, null],
])('from %s the key %s (right to left: %s) leads to %s', (tab, key, isRightToLeft, next) => {
  expect(tabAt(TABS, tab, key, isRightToLeft)).toBe(next);
});
