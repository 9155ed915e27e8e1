// The reactions' drawings: one for each, of shapes alone, so that no font has to have them.

import type { ComponentChildren, VNode } from 'preact';
import { expect, test } from 'vitest';
import { REACTIONS } from '../src/call/transport/wire';
import { ReactionSign } from '../src/room/stage/reaction-signs';

const SHAPES = ['svg', 'g', 'path', 'circle'];

/** The names of the elements in *node*; a text counts as itself. */
function namesIn(node: ComponentChildren): string[] {
  if (Array.isArray(node)) return node.flatMap(namesIn);
  if (typeof node !== 'object' || node === null) return node ? [String(node)] : [];
  const { type, props } = node as VNode<{ children?: ComponentChildren }>;
  return [String(type), ...namesIn(props.children)];
}

/** All of *node* but what the compiler notes of its source. */
function print(node: VNode): string {
  return JSON.stringify(node, (key, value: unknown) => (key.startsWith('__') ? undefined : value));
}

test('each reaction has a drawing of its own, without a letter', () => {
  const drawn = REACTIONS.map((of) => ReactionSign({ of }));

  for (const each of drawn) expect(namesIn(each).filter((name) => !SHAPES.includes(name))).toEqual([]);
  expect(new Set(drawn.map((each) => print(each))).size).toBe(REACTIONS.length);
});
