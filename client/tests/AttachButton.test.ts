// The button that chooses files: there only where the platform shows files.

import { expect, test, vi } from 'vitest';
import { fileActions } from '../src/room/store/files-state';

vi.mock('preact/hooks', () => ({ useRef: () => ({ current: null }) }));

const { AttachButton } = await import('../src/room/chat/AttachButton');

test('no button where files are not shown, and a choice may be repeated', () => {
  const onChosen = vi.fn();

  expect(AttachButton({ onChosen })).toBeNull();

  const choose = vi.fn();
  fileActions.value = { choose } as never;
  const { children } = (
    AttachButton({ onChosen }) as { props: { children: { props: Record<string, unknown> }[] } }
  ).props;
  const input = { files: ['a file'], value: 'a name' };
  const change = children[1]?.props['onChange'] as ((event: object) => void) | undefined;
  change?.({ currentTarget: input });

  expect(choose).toHaveBeenCalledExactlyOnceWith(['a file']);
  expect(onChosen).toHaveBeenCalledOnce();
  expect(input.value).toBe('');
});
