// What goes out with the next message, as it will be called there.

import type { VNode } from 'preact';
import { expect, test, vi } from 'vitest';
import { ChosenFiles } from '../src/room/chat/ChosenFiles';
import { chosenFiles } from '../src/room/store/files-state';

vi.stubGlobal('navigator', { languages: ['en'] });

test('each file stands there by its safe name, and can be left out', () => {
  const [one, other] = [new File(['x'], '../../x'), new File(['y'], 'y.png')];
  chosenFiles.value = [one, other];
  const list = ChosenFiles() as VNode<{ children: VNode<{ children: VNode<Record<string, unknown>>[] }>[] }>;
  const [first] = list.props.children;
  const [name, , remove] = first?.props.children ?? [];

  expect(name?.props['children']).toMatchObject({ props: { children: '_.._x' } });
  expect(remove?.props['aria-label']).toBe('Do not send “_.._x”');

  const press = remove?.props['onClick'] as (() => void) | undefined;
  press?.();

  expect(chosenFiles.value).toEqual([other]);
  chosenFiles.value = [];
  expect(ChosenFiles()).toBeNull();
});
