// What became of the cleaned sound is kept for the settings, and told as news.

import { expect, test, vi } from 'vitest';

const fake = vi.hoisted(() => ({ made: [] as { tell: (news: string | null) => void }[] }));
vi.mock('../src/retouch/own-voice', () => ({
  OwnVoice: class {
    constructor(port: (typeof fake.made)[number]) {
      fake.made.push(port);
    }
  },
}));
vi.mock('../src/room/devices/sound', () => ({ keepRunning: vi.fn() }));

const { startRetouch, voiceNews } = await import('../src/room/devices/own-retouch');
const { retouchNews } = await import('../src/room/store/notice-state');

test('it begins once, and tells what happened in words until it is well again', () => {
  const devices = { choices: 'choices' } as unknown as Parameters<typeof startRetouch>[0];
  startRetouch(devices);
  startRetouch(devices);

  expect(fake.made).toMatchObject([{ devices, choices: 'choices' }]);

  fake.made[0]?.tell('paused');

  expect([voiceNews.value, retouchNews.value]).toEqual(['paused', 'effects.noise-paused']);

  fake.made[0]?.tell(null);

  expect([voiceNews.value, retouchNews.value]).toEqual([null, null]);
});
