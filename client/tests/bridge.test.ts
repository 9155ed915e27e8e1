import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAllowedOrigin, makeTimerUpdate } from '../src/embed/bridge';

const OWN = 'https://call.example';

describe('isAllowedOrigin', () => {
  test.each([
    ["'self'", OWN],
    ['https://platform.example', 'https://platform.example'],
    ['https://platform.example/', 'https://platform.example'],
    ['http://localhost:*', 'http://localhost:5173'],
    ['http://localhost:*', 'http://localhost'],
  ])('%s allows %s', (rule, origin) => {
    expect(isAllowedOrigin(origin, [rule], OWN)).toBe(true);
  });

  test.each([
    ["'self'", 'https://other.example'],
    ['https://platform.example', 'https://platform.example.evil.example'],
    ['https://platform.example', 'http://platform.example'],
    ['http://localhost:*', 'http://localhost.evil.example'],
    ['http://localhost:*', 'http://localhost:80.evil.example'],
    ['http://localhost:*', 'https://localhost:5173'],
    ['*', 'https://other.example'],
    ['', 'null'],
  ])('%s does not allow %s', (rule, origin) => {
    expect(isAllowedOrigin(origin, [rule], OWN)).toBe(false);
  });

  test('nothing is allowed where nothing is configured', () => {
    expect(isAllowedOrigin(OWN, [], OWN)).toBe(false);
  });
});

test('r29: a timer update is the golden one', () => {
  const golden = resolve(import.meta.dirname, '../../wire/parent/timer-update.json');
  const { sessionId, userRole, elapsedSeconds, timestamp } = JSON.parse(readFileSync(golden, 'utf8'));

  const update = makeTimerUpdate(sessionId, userRole, elapsedSeconds, timestamp);

  expect(update).toEqual(JSON.parse(readFileSync(golden, 'utf8')));
});
