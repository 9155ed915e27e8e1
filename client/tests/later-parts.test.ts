// The parts that come in one file: asked for when one is wanted, and again after a failure.

import { expect, test, vi } from 'vitest';
import { bringLater, type LaterParts, later } from '../src/room/store/later-parts';

const PARTS = { Menu: () => null, Notices: () => null } as unknown as LaterParts;

test('a part comes when it is wanted, and not before', async () => {
  const fetch = vi.fn(async () => PARTS);

  bringLater(fetch);

  expect(fetch).not.toHaveBeenCalled();
  expect(await later('Menu')).toBe(PARTS.Menu);
  expect(await later('Notices')).toBe(PARTS.Notices);
});

test('where the file did not come, the next part asks for it again', async () => {
  const fetch = vi.fn(async () => PARTS).mockRejectedValueOnce(new Error('the network is away'));
  bringLater(fetch);

  await expect(later('Menu')).rejects.toThrow('the network is away');

  expect(await later('Menu')).toBe(PARTS.Menu);
});
