import { expect, test } from 'vitest';
import { Announcer } from '../src/ui/LiveRegion';

test('of one topic only the newest is said, and of many the newest four', () => {
  const announcer = new Announcer();
  for (const sentence of ['off', 'on', 'off again']) announcer.add('microphone', sentence);
  expect(announcer.take()).toBe('off again');

  for (const topic of ['a', 'b', 'c', 'd', 'e']) announcer.add(topic, topic.toUpperCase());
  expect(announcer.take()).toBe('B C D E');
  expect(announcer.take()).toBe('');
});
