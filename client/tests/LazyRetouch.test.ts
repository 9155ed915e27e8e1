// What was chosen in an earlier lesson begins by itself, and nothing is loaded for who chose nothing.

import { beforeEach, expect, test, vi } from 'vitest';
import { until } from './until';

const fake = vi.hoisted(() => ({
  startRetouch: vi.fn(),
  chosen: { removesNoise: false, blursBackground: false },
}));
const devices = { choices: { get: () => fake.chosen } };
vi.mock('../src/room/devices/own-retouch', () => ({ startRetouch: fake.startRetouch }));
vi.mock('../src/room/store/room-store', () => ({ devices }));

const { startChosenRetouch } = await import('../src/room/devices/LazyRetouch');

beforeEach(() => fake.startRetouch.mockClear());

test('nothing is begun for who chose nothing', async () => {
  startChosenRetouch();
  await Promise.resolve();

  expect(fake.startRetouch).not.toHaveBeenCalled();
});

test.each([
  { removesNoise: true, blursBackground: false },
  { removesNoise: false, blursBackground: true },
])('what was chosen begins with these devices: %j', async (chosen) => {
  fake.chosen = chosen;
  startChosenRetouch();

  await until(() => expect(fake.startRetouch).toHaveBeenCalledWith(devices));
});
