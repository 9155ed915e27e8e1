// How loud someone is shown (R13): quick up, slow down, still when it is quiet.

import { expect, test } from 'vitest';
import { LevelMeter } from '../src/call/media/speech-levels';

test('a voice shows at once, and a louder one more', () => {
  const [quiet, loud] = [new LevelMeter().follow(0.02), new LevelMeter().follow(0.2)];

  expect(quiet).toBeGreaterThan(0.2);
  expect(loud).toBeGreaterThan(quiet);
});

test('after the last word it falls step by step to nothing, and stays there', () => {
  const meter = new LevelMeter();
  meter.follow(0.25);

  const fall = Array.from({ length: 12 }, () => meter.follow(0));

  expect(fall[0]).toBeGreaterThan(0.4);
  expect([...fall].sort((one, other) => other - one)).toEqual(fall);
  expect(fall.slice(-3)).toEqual([0, 0, 0]);
});

test('it is never over 1, and what is no voice is not shown', () => {
  expect(new LevelMeter().follow(5)).toBe(1);
  expect(new LevelMeter().follow(0.01)).toBe(0);
});
