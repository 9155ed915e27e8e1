// What one press plays, and that the call is loud again and the sign gone whatever ends it.

import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Recording } from '../src/classroom/voice-ring';
import { AGAIN_NEXT, type AgainEvent, type AgainState, SayAgain } from '../src/room/classroom/say-again';
import { until } from './until';

const RATE_HZ = 8_000;

const recordingOf = (seconds: number): Recording => ({
  samples: new Int16Array(seconds * RATE_HZ).fill(100),
  rateHz: RATE_HZ,
});

function make(recording: Recording | null = recordingOf(30)) {
  const player = {
    playedSeconds: 0,
    play: vi.fn(
      async (_samples: Float32Array, _rateHz: number, _isLooping: boolean, _onEnd: () => void) => undefined,
    ),
    stop: vi.fn(),
  };
  const signs = { isQuiet: false, isTold: false };
  const ports = {
    read: vi.fn(async () => recording),
    forget: vi.fn(),
    player,
    duck: (isQuiet: boolean) => {
      signs.isQuiet = isQuiet;
    },
    tell: (isListening: boolean) => {
      signs.isTold = isListening;
    },
  };
  return { again: new SayAgain(ports), ports, player, signs };
}

test('one press plays the last five seconds once, the call is quiet, and the other is told', async () => {
  const { again, player, signs } = make();
  await again.press();

  const [samples, rateHz, isLooping] = player.play.mock.calls[0] ?? [];
  expect([samples?.length, rateHz, isLooping]).toEqual([5 * RATE_HZ, RATE_HZ, false]);
  expect(again.view.value.part).toEqual({ fromMs: 25_000, toMs: 30_000 });
  expect(signs).toEqual({ isQuiet: true, isTold: true });

  player.play.mock.calls[0]?.[3]();

  expect(again.view.value.state).toBe('resting');
  expect(signs).toEqual({ isQuiet: false, isTold: false });
});

test('slower is longer, and what is being played begins again', async () => {
  const { again, player } = make();
  await again.press();
  again.setSpeed(0.5);
  again.setLooping(true);

  const [samples, , isLooping] = player.play.mock.calls[2] ?? [];
  expect([samples?.length, isLooping]).toEqual([10 * RATE_HZ, true]);

  again.stop();
  again.setSpeed(1);

  expect(player.play).toHaveBeenCalledTimes(3);
});

test('a part is shown while it is drawn, and played once it is chosen', async () => {
  const { again, player, signs } = make();
  await again.press();
  again.preview(1_000, 3_000);

  expect(again.view.value).toMatchObject({ state: 'resting', part: { fromMs: 1_000, toMs: 3_000 } });
  expect(signs.isQuiet).toBe(false);

  again.choose(1_000, 3_000);

  expect(player.play.mock.calls[1]?.[0].length).toBe(2 * RATE_HZ);

  again.move('toMs', 2_000);
  again.play();

  expect(player.play.mock.calls[2]?.[0].length).toBe(RATE_HZ);
});

test('one sees where one hears: slower goes slower, and a part that repeats begins again', async () => {
  const { again, player } = make();
  await again.press();
  again.setSpeed(0.5);
  player.playedSeconds = 4;

  expect(again.placeMs).toBe(27_000);

  player.playedSeconds = 14;

  expect(again.placeMs).toBe(27_000);

  again.stop();

  expect(again.placeMs).toBeNull();
});

test('what is forgotten cannot be played, here and where it was kept', async () => {
  const { again, ports, player, signs } = make();
  await again.press();
  again.forget();
  again.play();

  expect(ports.forget).toHaveBeenCalledOnce();
  expect(player.stop).toHaveBeenCalledOnce();
  expect(again.view.value).toMatchObject({ state: 'empty', recording: null });
  expect(signs).toEqual({ isQuiet: false, isTold: false });
  expect(player.play).toHaveBeenCalledOnce();
});

test.each([null, recordingOf(0.1)])('where nothing was kept it says so', async (recording) => {
  const { again, player, signs } = make(recording);
  await again.press();

  expect(again.view.value.state).toBe('empty');
  expect(player.play).not.toHaveBeenCalled();
  expect(signs.isQuiet).toBe(false);
});

test('a copy that comes after it was closed or forgotten plays nothing', async () => {
  const { again, player } = make();
  const pressed = again.press();
  again.close();
  await pressed;
  const second = again.press();
  again.forget();
  await second;

  expect(player.play).not.toHaveBeenCalled();
  expect(again.view.value).toMatchObject({ state: 'empty', recording: null });
});

test('a speaker that cannot be opened leaves the call as loud as it was', async () => {
  const { again, player, signs } = make();
  player.play.mockRejectedValue(new Error('no device'));
  await again.press();
  await until(() => expect(again.view.value.state).toBe('resting'));

  expect(signs).toEqual({ isQuiet: false, isTold: false });
});

test('whatever is pressed in whatever order, the call is quiet exactly while something is played', async () => {
  const does = fc.constantFrom(
    (again: SayAgain) => void again.press(),
    (again: SayAgain) => again.play(),
    (again: SayAgain) => again.stop(),
    (again: SayAgain) => again.choose(100, 900),
    (again: SayAgain) => again.preview(100, 900),
    (again: SayAgain) => again.move('fromMs', 300),
    (again: SayAgain) => again.setSpeed(0.75),
    (again: SayAgain) => again.setLooping(true),
    (again: SayAgain) => again.forget(),
    (again: SayAgain) => again.close(),
    () => undefined,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(does, fc.boolean()), { maxLength: 20 }), async (steps) => {
      const { again, signs } = make(recordingOf(1));
      for (const [step, waits] of steps) {
        step(again);
        if (waits) await new Promise((wake) => setImmediate(wake));

        const isPlaying = again.view.value.state === 'playing';
        expect(signs).toEqual({ isQuiet: isPlaying, isTold: isPlaying });
      }
      again.close();

      expect(signs).toEqual({ isQuiet: false, isTold: false });
    }),
    { numRuns: 60 },
  );
});

test('from every state one press plays again, and closing closes', () => {
  const states = Object.keys(AGAIN_NEXT) as AgainState[];
  const after = (state: AgainState, event: AgainEvent) => AGAIN_NEXT[state][event] ?? state;

  expect(states.map((state) => after(state, 'pressed'))).toEqual(states.map(() => 'fetching'));
  expect(states.map((state) => after(state, 'closed'))).toEqual(states.map(() => 'closed'));
});
