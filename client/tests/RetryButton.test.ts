// What stands in place of a part that does not come.

import type { VNode } from 'preact';
import { expect, test, vi } from 'vitest';
import { RetryButton } from '../src/room/classroom/RetryButton';

test('there is a button once it has failed, and not before', () => {
  const onRetry = vi.fn();
  expect(RetryButton({ hasFailed: false, onRetry })).toBeNull();

  const button = RetryButton({ hasFailed: true, onRetry }) as VNode<{ onClick: () => void }>;
  button.props.onClick();

  expect(button.type).toBe('button');
  expect(onRetry).toHaveBeenCalledOnce();
});
