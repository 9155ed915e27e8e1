// Finding what lies near a place, against looking at everything.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundsOf, overlap } from '../src/classroom/board-geometry';
import { BoardGrid } from '../src/classroom/board-grid';
import type { Shape } from '../src/classroom/board-shapes';
import { BOX, STROKE } from './board-drawings';

const number = fc.integer({ min: -6_000, max: 6_000 });
const anyBox = fc.record({ key: fc.nat(20).map(String), x: number, y: number, across: number, down: number });

test('it finds what looking at everything finds', () => {
  const window = fc.record({ left: number, top: number, across: fc.nat(9_000), down: fc.nat(9_000) });
  fc.assert(
    fc.property(fc.array(anyBox), fc.array(fc.nat(20).map(String)), window, (boxes, removed, part) => {
      const rect = {
        left: part.left,
        top: part.top,
        right: part.left + part.across,
        bottom: part.top + part.down,
      };
      const grid = new BoardGrid();
      const all = new Map<string, Shape>();
      for (const { key, x, y, across, down } of boxes) {
        const shape: Shape = { ...BOX, key, x, y, to: { x: x + across, y: y + down } };
        grid.add(shape);
        all.set(key, shape);
      }
      for (const key of removed) {
        grid.remove(key);
        all.delete(key);
      }

      const near = [...all.values()].filter((shape) => overlap(boundsOf(shape), rect));
      expect(new Set(grid.find(rect))).toEqual(new Set(near));
    }),
  );
});

test('a shape that changes is found where it is, and no longer where it was', () => {
  const grid = new BoardGrid();
  grid.add(STROKE);
  grid.add({ ...BOX, key: STROKE.key, x: 2_000, y: 2_000, to: { x: 2_100, y: 2_100 } });

  expect(grid.find({ left: 0, top: 0, right: 100, bottom: 100 })).toEqual([]);
  expect(grid.find({ left: 1_900, top: 1_900, right: 2_200, bottom: 2_200 })).toHaveLength(1);
});
