// While something else is listened to the call is quiet, also where an element has no volume of its own.

import { expect, test, vi } from 'vitest';

const shown = vi.hoisted(() => ({ pictures: {} as Record<string, { volume: number; muted: boolean }> }));
vi.mock('../src/room/page/pictures', () => ({ pictureOf: (part: string) => shown.pictures[part] }));

const { duck } = await import('../src/room/classroom/ducking');

test('person and screen are quiet, still heard, and as loud as before afterwards', () => {
  shown.pictures = { remote: { volume: 1, muted: false }, screen: { volume: 1, muted: false } };
  duck(true);

  for (const { volume, muted } of Object.values(shown.pictures)) {
    expect(volume).toBeGreaterThan(0);
    expect(volume).toBeLessThan(0.3);
    expect(muted).toBe(false);
  }

  duck(false);

  expect(Object.values(shown.pictures)).toEqual([
    { volume: 1, muted: false },
    { volume: 1, muted: false },
  ]);
});

test('on an iPhone, where the volume cannot be set, they are muted meanwhile', () => {
  const fixed = () =>
    Object.defineProperty({ volume: 1, muted: false }, 'volume', { get: () => 1, set: () => undefined });
  shown.pictures = { remote: fixed(), screen: fixed() };
  duck(true);

  expect(shown.pictures['remote']?.muted).toBe(true);

  duck(false);

  expect(shown.pictures['remote']?.muted).toBe(false);
});
