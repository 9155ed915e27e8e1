// The worklet: it keeps what it hears, gives a copy when it is asked, and is silent itself.

import { beforeEach, expect, test, vi } from 'vitest';

interface Keeper {
  readonly port: { onmessage: (event: { data: unknown }) => void; postMessage: ReturnType<typeof vi.fn> };
  process(inputs: readonly (readonly Float32Array[])[]): boolean;
}

let keeper: Keeper;

beforeEach(async () => {
  vi.resetModules();
  vi.stubGlobal('sampleRate', 48_000);
  vi.stubGlobal(
    'AudioWorkletProcessor',
    class {
      readonly port = { onmessage: null, postMessage: vi.fn() };
    },
  );
  vi.stubGlobal('registerProcessor', (name: string, Processor: new () => Keeper) => {
    expect(name).toBe('voice-keeper');
    keeper = new Processor();
  });
  await import('../src/classroom/voice-worklet');
});

function read(): number[] {
  keeper.port.onmessage({ data: 'read' });
  const [recording, transferred] = keeper.port.postMessage.mock.calls.pop() ?? [];
  expect(recording.rateHz).toBe(48_000);
  expect(transferred).toEqual([recording.samples.buffer]);
  return [...recording.samples];
}

test('what comes is kept, and nothing is told before it is asked', () => {
  expect(keeper.process([[Float32Array.of(1, -1)]])).toBe(true);
  expect(keeper.process([[]])).toBe(true);
  expect(keeper.process([])).toBe(true);

  expect(keeper.port.postMessage).not.toHaveBeenCalled();
  expect(read()).toEqual([32_767, -32_767]);
});

test('it forgets, and goes on', () => {
  keeper.process([[Float32Array.of(1)]]);
  keeper.port.onmessage({ data: 'forget' });
  keeper.process([[Float32Array.of(-1)]]);

  expect(read()).toEqual([-32_767]);
});

test('closed, it has forgotten, keeps nothing, and lets the browser take it down', () => {
  keeper.process([[Float32Array.of(1)]]);
  keeper.port.onmessage({ data: 'close' });

  expect(keeper.process([[Float32Array.of(1)]])).toBe(false);
  expect(read()).toEqual([]);
});
