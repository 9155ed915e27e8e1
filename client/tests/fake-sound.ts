// A page's sound as far as a worklet beside it needs: the worklet's node, and streams of tracks that are only names.

import { afterEach, beforeEach, vi } from 'vitest';

export const makeNode = () => ({ connect: vi.fn(), disconnect: vi.fn() });

/** Let each test have *worklet* as the node of every worklet, and a time of its own. */
export function fakeSound(worklet: object): void {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.clearAllMocks();
    vi.stubGlobal('AudioWorkletNode', function make() {
      return worklet;
    });
    vi.stubGlobal(
      'MediaStream',
      class {
        constructor(readonly tracks: readonly string[]) {}
      },
    );
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
}
