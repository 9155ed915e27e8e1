// What is wrong with the form of the start page, and in which language it is said.

import { expect, test, vi } from 'vitest';
import { chooseFromMenu, t } from '../src/i18n';
import { makeAddress, makeSession } from '../src/start/make-session';

test('a made-up address is one of Ethereum, and another each time', () => {
  const address = makeAddress();

  expect(address).toMatch(/^0x[0-9a-f]{40}$/);
  expect(makeAddress()).not.toBe(address);
});

test('a price that is none is said in the language that the page has by then', async () => {
  vi.stubGlobal('location', new URL('http://localhost/'));
  vi.stubGlobal('document', { documentElement: {} });
  const typed = { studentAddress: makeAddress(), language: 'es', rate: '1.2345', currency: 'USD' };
  const problem = await makeSession(typed);
  if (!('say' in problem)) throw new Error('the price was taken');
  expect(problem.field).toBe('rate');
  const english = problem.say();

  await chooseFromMenu('de');

  expect(problem.say()).toBe(t('start.rate-invalid', { count: 2 }));
  expect(problem.say()).not.toBe(english);
});
