import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { language } from '../src/i18n';
import { Announcer, announce, LiveRegion } from '../src/ui/LiveRegion';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  language.value = 'en';
  vi.useRealTimers();
});

test('of one topic only the newest is said, and of many the newest four', () => {
  const announcer = new Announcer();
  for (const sentence of ['off', 'on', 'off again']) announcer.add('microphone', sentence, 'en');
  expect(announcer.take().text).toBe('off again');

  for (const topic of ['a', 'b', 'c', 'd', 'e']) announcer.add(topic, topic.toUpperCase(), 'en');
  expect(announcer.take().text).toBe('B C D E');
  expect(announcer.take().text).toBe('');
});

test('a sentence of the language before is not said, neither while it waits nor later', () => {
  announce('peer', 'Connected.');
  language.value = 'de';
  vi.advanceTimersByTime(600);
  expect(LiveRegion().props.children).toBeFalsy();

  announce('peer', 'Verbunden.');
  vi.advanceTimersByTime(600);
  expect(LiveRegion().props.children).toBe('Verbunden.');

  language.value = 'fr';
  expect(LiveRegion().props.children).toBeFalsy();
});

test('what waits in one language is not read together with another', () => {
  const announcer = new Announcer();
  announcer.add('microphone', 'Your microphone is off.', 'en');
  announcer.add('peer', 'Verbunden.', 'de');
  expect(announcer.take()).toEqual({ text: 'Verbunden.', code: 'de' });
});
