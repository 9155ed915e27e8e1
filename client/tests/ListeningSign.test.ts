// The sign on the other's picture: there while they hear again what was said here.

import type { VNode } from 'preact';
import { expect, test, vi } from 'vitest';
import { ListeningSign } from '../src/room/classroom/ListeningSign';
import { tools } from '../src/room/classroom/tools-state';

vi.mock('../src/room/store/room-store', () => ({ otherRole: 'tutor' }));

const WELL = { isMissing: false, isFull: false, notices: [] };

test('it says who listens, and only then', () => {
  const shown = () => JSON.stringify((ListeningSign() as VNode<{ children: unknown }>).props.children) ?? '';

  expect(shown()).not.toContain('listening-sign');

  tools.status.value = { ...WELL, hasListener: true };

  expect(shown()).toContain('The tutor is hearing you again');

  tools.status.value = { ...WELL, hasListener: false };

  expect(shown()).not.toContain('listening-sign');
});
