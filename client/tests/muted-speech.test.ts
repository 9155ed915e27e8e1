import { expect, test } from 'vitest';
import { MutedSpeech } from '../src/room/side-effects/muted-speech';

const READ_EVERY_MS = 150;

/** Play *levels*, one reading each, and return what was told last. */
function hear(levels: readonly number[], speech = new MutedSpeech(), fromMs = 0): boolean {
  return levels.map((level, index) => speech.receive(level, fromMs + index * READ_EVERY_MS)).pop() ?? false;
}

const SENTENCE = [0, 0.6, 0.7, 0.2, 0.6, 0.6, 0.1, 0.6];

test('a sentence is speech', () => {
  expect(hear(SENTENCE)).toBe(true);
});

test.each([
  ['a door that slams', [0, 0.9, 0.8, 0.2, 0, 0, 0, 0]],
  ['a fan', Array(100).fill(0.3)],
  ['a cough now and then', Array.from({ length: 200 }, (_, index) => (index % 20 === 0 ? 0.8 : 0))],
])('%s is none', (_what, levels) => {
  expect(hear(levels)).toBe(false);
});

test('after a while of silence it is over', () => {
  const speech = new MutedSpeech();
  hear(SENTENCE, speech);

  expect(hear(Array(40).fill(0), speech, SENTENCE.length * READ_EVERY_MS)).toBe(false);
});
