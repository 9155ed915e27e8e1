// A setting that is on or off: one native checkbox inside its words, so that a press on them counts.

import type { VNode } from 'preact';
import { expect, test, vi } from 'vitest';
import { Switch } from '../src/room/devices/Switch';

type Drawn = VNode<{ children: VNode<Record<string, unknown>>[] }>;
const draw = (more: Partial<Parameters<typeof Switch>[0]> = {}) => {
  const onChange = vi.fn();
  const label = Switch({ part: 'noise', label: 'Noise', isOn: true, onChange, ...more }) as Drawn;
  return { label, box: label.props.children[0]?.props ?? {}, onChange };
};

test('it is a checkbox in its own label, and says what was chosen', () => {
  const { label, box, onChange } = draw();

  expect(label.type).toBe('label');
  expect(box).toMatchObject({ type: 'checkbox', checked: true, disabled: false, 'data-part': 'noise' });

  (box['onChange'] as (event: object) => void)({ currentTarget: { checked: false } });

  expect(onChange.mock.calls).toEqual([[false]]);
});

test('what cannot be changed cannot be pressed', () => {
  expect(draw({ isFixed: true }).box).toMatchObject({ disabled: true });
});
