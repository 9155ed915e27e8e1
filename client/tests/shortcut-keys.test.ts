// The keys of the room: which key means what, and which keys are none of its business.

import { describe, expect, test } from 'vitest';
import { findShortcut, type Pressed, SHORTCUTS } from '../src/room/store/shortcut-keys';

const KEY: Pressed = { key: '', code: '', ctrlKey: false, altKey: false, metaKey: false, repeat: false };

test('no two have one key', () => {
  const letters = SHORTCUTS.map(({ letter }) => letter);

  expect(new Set(letters).size).toBe(letters.length);
});

describe('a key', () => {
  test.each(SHORTCUTS.map(({ name, letter }) => [letter, name]))('%j means %s', (letter, name) => {
    expect(findShortcut({ ...KEY, key: letter })).toBe(name);
    expect(findShortcut({ ...KEY, key: letter.toUpperCase() })).toBe(name);
  });

  test('of another alphabet counts by its place', () => {
    expect(findShortcut({ ...KEY, key: 'ь', code: 'KeyM' })).toBe('microphone');
    expect(findShortcut({ ...KEY, key: 'ر', code: 'KeyV' })).toBe('camera');
  });

  test('of the Latin alphabet counts by what is written on it, wherever it lies', () => {
    expect(findShortcut({ ...KEY, key: 'm', code: 'Semicolon' })).toBe('microphone');
    expect(findShortcut({ ...KEY, key: ',', code: 'KeyM' })).toBeNull();
  });

  test.each(['ctrlKey', 'altKey', 'metaKey'])('with %s belongs to the browser', (modifier) => {
    expect(findShortcut({ ...KEY, key: 'c', [modifier]: true })).toBeNull();
  });

  test.each(['Tab', 'Enter', 'Escape', 'ArrowLeft', 'x'])('%s means nothing', (key) => {
    expect(findShortcut({ ...KEY, key })).toBeNull();
  });
});
