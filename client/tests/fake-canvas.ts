// A page of canvases without a browser: each remembers what was drawn on it.

import { vi } from 'vitest';

export interface FakeCanvas {
  width: number;
  height: number;
  /** The name and the first number or text of each call. */
  readonly drawn: string[];
  readonly getContext: () => object;
  readonly toBlob: (then: (blob: Blob | null) => void, type: string, quality: number) => void;
}

export function makeCanvas(): FakeCanvas {
  const drawn: string[] = [];
  const paint = new Proxy({} as Record<string, unknown>, {
    get: (kept, name: string) => {
      if (name in kept) return kept[name];
      if (name === 'measureText') return () => ({ width: 40 });
      return (...given: unknown[]) =>
        drawn.push(`${name} ${typeof given[0] === 'object' ? '' : (given[0] ?? '')}`.trim());
    },
    set: (kept, name: string, value) => {
      kept[name] = value;
      return true;
    },
  });
  return {
    width: 0,
    height: 0,
    drawn,
    getContext: () => paint,
    toBlob: (then, type, quality) =>
      then(new Blob([new Uint8Array(Math.round(quality * 400_000))], { type })),
  };
}

/** Let scripts make canvases, and draw frames when they are told; returns both. */
export function fakePage(): {
  readonly canvases: FakeCanvas[];
  readonly frame: () => void;
  readonly asked: () => number;
} {
  const canvases: FakeCanvas[] = [];
  let waiting: (() => void)[] = [];
  vi.stubGlobal('Path2D', class {});
  vi.stubGlobal('document', {
    createElement: () => {
      const canvas = makeCanvas();
      canvases.push(canvas);
      return canvas;
    },
  });
  vi.stubGlobal('requestAnimationFrame', (then: () => void) => waiting.push(then));
  vi.stubGlobal('cancelAnimationFrame', () => {
    waiting = [];
  });
  const frame = () => {
    const due = waiting;
    waiting = [];
    for (const then of due) then();
  };
  return { canvases, frame, asked: () => waiting.length };
}

export const INK = {
  colours: { ink: '#000', red: '#f00', orange: '#fa0', green: '#0f0', blue: '#00f', violet: '#a0f' },
  empty: '#ccc',
  fontFamily: 'sans-serif',
  pictureOf: () => null,
  laser: '#f00',
  owner: { name: 'Tutor', colour: '#0f766e', ink: '#fff' },
} as const;
