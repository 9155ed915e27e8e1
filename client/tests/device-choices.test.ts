import { expect, test, vi } from 'vitest';
import { DeviceChoices, NOTHING_CHOSEN } from '../src/call/media/device-choices';

function stubStorage(items = new Map<string, string>()): Map<string, string> {
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  });
  return items;
}

test('the next session has the chosen devices', () => {
  stubStorage();
  new DeviceChoices().set({ camera: 'camera-two', audio: false });

  expect(new DeviceChoices().get()).toEqual({ ...NOTHING_CHOSEN, camera: 'camera-two', audio: false });
});

test('where storage is forbidden it is known for this page', () => {
  const forbid = () => {
    throw new Error('SecurityError');
  };
  vi.stubGlobal('localStorage', { getItem: forbid, setItem: forbid });
  const choices = new DeviceChoices();

  choices.set({ isMusic: true });

  expect(choices.get()).toEqual({ ...NOTHING_CHOSEN, isMusic: true });
});

test.each([
  '{',
  'null',
  '7',
  '{"camera":7,"audio":"no","speaker":"","isMusic":1,"hasSounds":0,"hidesAddress":1}',
])('what someone else left under the key is not trusted: %s', (value) => {
  stubStorage(new Map([['langdao:devices', value]]));

  expect(new DeviceChoices().get()).toEqual(NOTHING_CHOSEN);
});
