// The colours of the canvas are those of the style sheet.

import { afterEach, expect, test, vi } from 'vitest';
import { readInk } from '../src/room/classroom/board-ink';

vi.mock('../src/room/store/room-store', () => ({ otherRole: 'tutor' }));
vi.mock('../src/room/classroom/tools-state', () => ({ otherName: () => 'Marta' }));

afterEach(() => vi.unstubAllGlobals());

test('each colour is read where it is in force, and the other person has that of their role', () => {
  const getPropertyValue = (name: string) => ` value of ${name}`;
  vi.stubGlobal('getComputedStyle', () => ({ getPropertyValue, fontFamily: 'serif' }));
  const ink = readInk({} as Element, () => null);

  expect(ink.colours.violet).toBe('value of --board-violet');
  expect(ink.owner).toEqual({ name: 'Marta', colour: 'value of --tutor', ink: 'value of --surface' });
  expect(ink.fontFamily).toBe('serif');
});
