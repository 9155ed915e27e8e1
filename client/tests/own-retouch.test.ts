// What became of the cleaned sound is kept for the settings, and told as news.

import { expect, test, vi } from 'vitest';

type Port = { tell: (news: string | null) => void; closeCamera?: () => void };
const fake = vi.hoisted(() => ({ made: [] as Port[], blurs: [] as Port[], dispatch: vi.fn() }));
vi.mock('../src/room/store/room-store', () => ({ call: { dispatch: fake.dispatch } }));
vi.mock('../src/retouch/own-blur', () => ({
  OwnBlur: class {
    constructor(port: Port) {
      fake.blurs.push(port);
    }
  },
}));
vi.mock('../src/retouch/own-voice', () => ({
  OwnVoice: class {
    constructor(port: Port) {
      fake.made.push(port);
    }
  },
}));
vi.mock('../src/room/devices/sound', () => ({ keepRunning: vi.fn() }));

const { blurNews, startRetouch, voiceNews } = await import('../src/room/devices/own-retouch');
const { retouchNews } = await import('../src/room/store/notice-state');

const devices = { choices: 'choices' } as unknown as Parameters<typeof startRetouch>[0];

test('it begins once, and tells what happened in words until it is well again', () => {
  startRetouch(devices);
  startRetouch(devices);

  expect(fake.made).toMatchObject([{ devices, choices: 'choices' }]);

  fake.made[0]?.tell('paused');

  expect([voiceNews.value, retouchNews.value]).toEqual(['paused', 'effects.noise-paused']);

  fake.made[0]?.tell(null);

  expect([voiceNews.value, retouchNews.value]).toEqual([null, null]);
});

test('a blur that ends closes the camera as its button does, and says why', () => {
  startRetouch(devices);
  fake.blurs[0]?.closeCamera?.();
  fake.blurs[0]?.tell('slow');

  expect(fake.dispatch.mock.calls).toEqual([[{ type: 'switch', device: 'video', on: false }]]);
  expect([blurNews.value, retouchNews.value]).toEqual(['slow', 'effects.blur-slow']);
});
