// What a hand with each tool does from the press to its end.

import { beforeEach, expect, test, vi } from 'vitest';
import { BoardHand, HAND_NEXT, type HandPorts, type HandState, TOOLS } from '../src/classroom/board-hand';
import { type Draft, POINTS_MAX, type Shape } from '../src/classroom/board-shapes';
import { BOX, STROKE, TEXT } from './board-drawings';

const ports = {
  begin: vi.fn(),
  add: vi.fn<(draft: Draft) => void>(),
  replace: vi.fn<(shape: Shape) => void>(),
  erase: vi.fn<(shapes: readonly Shape[]) => void>(),
  takeBack: vi.fn(),
  find: vi.fn<HandPorts['find']>(() => []),
  write: vi.fn(),
};

let hand: BoardHand;
const at = (x: number, y = 0, pressure = 0) => ({ x, y, pressure });

beforeEach(() => {
  for (const port of Object.values(ports)) port.mockReset();
  ports.find.mockReturnValue([]);
  hand = new BoardHand(ports);
});

function take(tool: (typeof TOOLS)[number]): void {
  hand.held = { tool, colour: 'red', width: 'fine' };
}

test('each tool but the one that moves the view begins something, and that ends', () => {
  for (const tool of TOOLS) expect(tool in HAND_NEXT.idle).toBe(tool !== 'pan');
  for (const [state, row] of Object.entries(HAND_NEXT) as [HandState, object][])
    if (state !== 'idle') expect(row).toEqual({ ended: 'idle', abandoned: 'idle' });
});

test('a pen leaves a stroke with its pressure', () => {
  take('pen');
  hand.begin(at(1, 1, 0.5));
  hand.extend(at(2, 2, 0.7));
  hand.extend(at(2, 2, 0.9));
  hand.end();

  expect(ports.add.mock.calls).toEqual([
    [{ kind: 'stroke', x: 1, y: 1, colour: 'red', width: 'fine', points: [at(1, 1, 0.5), at(2, 2, 0.7)] }],
  ]);
  expect(hand.live).toBeNull();
});

test('a touch of the pen leaves a dot', () => {
  take('pen');
  hand.begin(at(1, 1));
  hand.end();

  expect(ports.add).toHaveBeenCalledOnce();
});

test('a stroke that is too long goes on as another one, from where it was', () => {
  take('pen');
  hand.begin(at(0));
  for (let step = 1; step <= POINTS_MAX + 5; step += 1) hand.extend(at(step));
  hand.end();

  const [first, second] = ports.add.mock.calls.map(([draft]) => draft);
  expect(first).toMatchObject({ kind: 'stroke' });
  expect(first?.kind === 'stroke' && first.points).toHaveLength(POINTS_MAX);
  expect(second).toMatchObject({ x: POINTS_MAX - 1 });
});

test('a stroke that goes too far goes on from there', () => {
  take('pen');
  hand.begin(at(0));
  hand.extend(at(90_000));
  hand.end();

  expect(ports.add.mock.calls.map(([{ x }]) => x)).toEqual([0, 90_000]);
});

test.each(['line', 'arrow', 'box'] as const)(
  'a %s is as long as it was drawn, and a slip is none',
  (tool) => {
    take(tool);
    hand.begin(at(0));
    hand.extend(at(5, 40));
    expect(hand.live).toMatchObject({ kind: tool, to: { x: 5, y: 40 } });
    hand.extend(at(50, 60));
    hand.end();
    hand.begin(at(0));
    hand.extend(at(1, 1));
    hand.end();

    expect(ports.add.mock.calls).toEqual([
      [{ kind: tool, x: 0, y: 0, colour: 'red', width: 'fine', to: { x: 50, y: 60 } }],
    ]);
  },
);

test('a text is written where the press ends', () => {
  take('text');
  hand.begin(at(3));
  hand.extend(at(9));
  hand.end();

  expect(ports.write.mock.calls).toEqual([[{ x: 9, y: 0 }]]);
});

test('an eraser takes away whatever it meets on its way', () => {
  take('eraser');
  hand.begin(at(0));
  ports.find.mockReturnValue([STROKE, BOX]);
  hand.extend(at(9));
  hand.end();

  expect(ports.find.mock.calls[1]).toEqual([
    { x: 0, y: 0 },
    { x: 9, y: 0 },
  ]);
  expect(ports.erase.mock.calls).toEqual([[[STROKE, BOX]]]);
  expect(ports.takeBack).not.toHaveBeenCalled();
});

test('what lies highest is carried, whole', () => {
  take('move');
  ports.find.mockReturnValue([STROKE, TEXT]);
  hand.begin(at(10));
  hand.extend(at(15, 5));
  hand.extend(at(20, 5));
  hand.end();

  expect(ports.replace).toHaveBeenLastCalledWith({
    ...STROKE,
    x: 20,
    y: 25,
    points: STROKE.points.map((point) => ({ ...point, x: point.x + 10, y: point.y + 5 })),
  });
});

test('nothing is carried off the board, and nothing where there is nothing', () => {
  take('move');
  hand.begin(at(10));
  hand.extend(at(15));
  hand.end();
  ports.find.mockReturnValue([{ ...BOX, x: 99_999 }]);
  hand.begin(at(10));
  hand.extend(at(600));
  hand.end();

  expect(ports.replace).not.toHaveBeenCalled();
});

test('what is abandoned leaves nothing', () => {
  take('pen');
  hand.begin(at(0));
  hand.abandon();
  take('text');
  hand.begin(at(0));
  hand.abandon();
  take('eraser');
  ports.find.mockReturnValue([STROKE]);
  hand.begin(at(0));
  hand.abandon();
  hand.abandon();

  expect(ports.add).not.toHaveBeenCalled();
  expect(ports.write).not.toHaveBeenCalled();
  expect(ports.takeBack).toHaveBeenCalledOnce();
});

test('a laser leaves nothing, and a second press before the end begins nothing', () => {
  take('laser');
  hand.begin(at(0));
  hand.begin(at(9));
  hand.extend(at(9));
  hand.end();

  expect(ports.begin).toHaveBeenCalledOnce();
  expect(ports.add).not.toHaveBeenCalled();
});
