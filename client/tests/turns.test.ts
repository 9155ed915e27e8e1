import { expect, test } from 'vitest';
import { Turns } from '../src/call/transport/turns';

function make() {
  const done: string[] = [];
  const turns = new Turns(
    async () => void done.push('after'),
    (error) => done.push(`told ${String(error)}`),
  );
  return { done, turns };
}

test('a step begins when the one before and what follows it have ended', async () => {
  const { done, turns } = make();
  let release: () => void = () => undefined;
  const slow = turns.run(async () => {
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    done.push('slow');
  });
  const quick = turns.run(async () => void done.push('quick'));
  await Promise.resolve();
  release();
  await Promise.all([slow, quick]);

  expect(done).toEqual(['slow', 'after', 'quick', 'after']);
});

test('a failure is told, and the next step runs', async () => {
  const { done, turns } = make();
  await turns.run(() => Promise.reject('why'));
  await turns.run(async () => void done.push('next'));

  expect(done).toEqual(['told why', 'after', 'next', 'after']);
});

test('after the end nothing begins, and nothing is told', async () => {
  const { done, turns } = make();
  const failing = turns.run(async () => {
    turns.end();
    throw new Error('closed');
  });
  await failing;
  await turns.run(async () => void done.push('next'));

  expect(done).toEqual([]);
});
