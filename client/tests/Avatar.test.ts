import { expect, test } from 'vitest';
import { initialOf } from '../src/ui/Avatar';

test.each([
  ['Ana Lindqvist', 'A'],
  ['marta.eth', 'M'],
  ['  élise', 'É'],
  ['الطالب', 'ط'],
  ['المعلّم', 'م'],
  ['ال', 'ا'],
  ['김민수', '김'],
  ['👩‍🏫 Marta', '👩'],
  ['𝒳avier', '𝒳'],
  ['', ''],
])('%s has the initial %s', (name, initial) => {
  expect(initialOf(name)).toBe(initial);
});
