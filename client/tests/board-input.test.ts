// Pens, fingers, a palm and a mouse: what draws, and what moves the board.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type InputEffect, NO_INPUT, type PointerInput, receiveInput } from '../src/classroom/board-input';

type Step = readonly [what: PointerInput['what'], kind: PointerInput['kind'], id: number, x?: number];

/** What *steps* mean, in short. */
function play(steps: readonly Step[], fingerDraws = true, isPanning = false): readonly string[] {
  let state = NO_INPUT;
  const all: InputEffect[] = [];
  for (const [what, kind, id, x = 0] of steps) {
    const [next, effects] = receiveInput(state, { what, kind, id, x, y: 0, isPanning }, fingerDraws);
    state = next;
    all.push(...effects);
  }
  return all.map((effect) => (effect.kind === 'follow' ? `follow ${effect.after.length}` : effect.kind));
}

test('a mouse draws', () => {
  expect(
    play([
      ['down', 'mouse', 1],
      ['move', 'mouse', 1, 9],
      ['up', 'mouse', 1],
    ]),
  ).toEqual(['begin', 'extend', 'end']);
});

test('a pointer that is not pressed does nothing', () => {
  expect(
    play([
      ['move', 'mouse', 1, 9],
      ['up', 'mouse', 1],
    ]),
  ).toEqual([]);
});

test('the middle button, or the hand, moves the board', () => {
  expect(
    play(
      [
        ['down', 'mouse', 1],
        ['move', 'mouse', 1, 9],
        ['up', 'mouse', 1],
      ],
      true,
      true,
    ),
  ).toEqual(['follow 1']);
});

test.each([
  [true, ['begin', 'extend', 'end']],
  [false, ['follow 1']],
])('one finger draws or moves the board by choice: %s', (fingerDraws, meant) => {
  expect(
    play(
      [
        ['down', 'touch', 1],
        ['move', 'touch', 1, 9],
        ['up', 'touch', 1],
      ],
      fingerDraws,
    ),
  ).toEqual(meant);
});

test('two fingers move the board, and what the first had begun is gone', () => {
  const steps: Step[] = [
    ['down', 'touch', 1],
    ['move', 'touch', 1, 5],
    ['down', 'touch', 2, 100],
    ['move', 'touch', 2, 150],
    ['up', 'touch', 1],
    ['move', 'touch', 2, 160],
    ['up', 'touch', 2],
  ];

  expect(play(steps)).toEqual(['begin', 'extend', 'abandon', 'follow 2', 'follow 1']);
});

test('a hand that is laid down while a finger draws does not end its line', () => {
  const steps: Step[] = [
    ['down', 'touch', 1],
    ['move', 'touch', 1, 80],
    ['down', 'touch', 2, 300],
    ['move', 'touch', 2, 310],
    ['up', 'touch', 2],
    ['up', 'touch', 1],
  ];

  expect(play(steps)).toEqual(['begin', 'extend', 'end']);
});

test('once a pen was seen, even above the board, fingers never draw', () => {
  const steps: Step[] = [
    ['move', 'pen', 9, 3],
    ['down', 'touch', 1],
    ['move', 'touch', 1, 9],
    ['up', 'touch', 1],
  ];

  expect(play(steps)).toEqual(['follow 1']);
});

test('a pen that comes after the palm draws, and the palm leaves nothing', () => {
  const steps: Step[] = [
    ['down', 'touch', 1],
    ['down', 'pen', 9, 50],
    ['move', 'touch', 1, 9],
    ['move', 'pen', 9, 60],
    ['up', 'touch', 1],
    ['up', 'pen', 9],
  ];

  expect(play(steps)).toEqual(['begin', 'abandon', 'begin', 'extend', 'end']);
});

test('a palm beside a pen that draws means nothing', () => {
  const steps: Step[] = [
    ['down', 'pen', 9],
    ['down', 'touch', 1],
    ['down', 'touch', 2],
    ['move', 'touch', 1, 200],
    ['cancel', 'touch', 1],
    ['up', 'pen', 9],
  ];

  expect(play(steps)).toEqual(['begin', 'end']);
});

test('what the browser takes away leaves nothing', () => {
  expect(
    play([
      ['down', 'touch', 1],
      ['cancel', 'touch', 1],
    ]),
  ).toEqual(['begin', 'abandon']);
});

test('whatever comes in whatever order, what begins ends once before the next begins', () => {
  const step = fc.tuple(
    fc.constantFrom('down' as const, 'move' as const, 'up' as const, 'cancel' as const),
    fc.constantFrom('pen' as const, 'touch' as const, 'mouse' as const),
    fc.nat(3),
    fc.nat(200),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, fingerDraws) => {
      let isOpen = false;
      for (const kind of play(steps, fingerDraws)) {
        if (kind === 'begin') expect(isOpen).toBe(false);
        else if (!kind.startsWith('follow')) expect(isOpen).toBe(true);
        if (!kind.startsWith('follow')) isOpen = kind === 'begin' || kind === 'extend';
      }
    }),
  );
});
