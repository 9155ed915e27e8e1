// The board's part of the lesson's document: two maps by the shapes' keys, one of the shapes and one of the pictures' bytes, so that a
// picture is moved without sending it again. Law: what the other page put there is read with suspicion, and left where it is.

import * as Y from 'yjs';
import { compareShapes, type Draft, readShape, type Shape, writeShape } from './board-shapes';

/** More are neither added nor drawn. */
export const SHAPES_MAX = 20_000;

const Z_MAX = Number.MAX_SAFE_INTEGER;

/** Everything that a person does between two calls of `begin` is undone at once. */
const UNTIL_TOLD = Number.MAX_SAFE_INTEGER;

/** A shape as it was and as it is: null where there was none, or is none any more. */
export interface Change {
  readonly before: Shape | null;
  readonly after: Shape | null;
  /** It is new, and lies above all that was there. */
  readonly isOver: boolean;
}

export class BoardDocument {
  /** What is drawn, by key. */
  readonly shapes = new Map<string, Shape>();
  /** Hears of what has changed, whoever changed it. */
  onChange: (changes: readonly Change[]) => void = () => undefined;

  private readonly drawn: Y.Map<unknown>;
  private readonly jpegs: Y.Map<unknown>;
  private readonly history: Y.UndoManager;
  /** The origin of what this person does: only that is undone. */
  private readonly own = Symbol('own');
  private added = 0;
  private top = 0;
  private bottom = 0;
  private readonly look = ({ keysChanged }: { readonly keysChanged: Set<string> }) => this.read(keysChanged);

  constructor(private readonly doc: Y.Doc) {
    this.drawn = doc.getMap('board');
    this.jpegs = doc.getMap('board-pictures');
    this.history = new Y.UndoManager([this.drawn, this.jpegs], {
      trackedOrigins: new Set([this.own]),
      captureTimeout: UNTIL_TOLD,
    });
    this.drawn.observe(this.look);
    this.jpegs.observe(this.look);
    this.read(this.drawn.keys());
  }

  /** What is done from now on is undone by itself. */
  begin(): void {
    this.history.stopCapturing();
  }

  /** Draw *draft* above everything, or below it; returns whether there was room. */
  add(draft: Draft, where: 'above' | 'below' = 'above'): boolean {
    if (this.drawn.size >= SHAPES_MAX) return false;
    const z = where === 'above' ? this.top + 1 : this.bottom - 1;
    const key = `${this.doc.clientID.toString(36)}-${this.added}`;
    this.added += 1;
    this.doc.transact(() => {
      if (draft.kind === 'picture' && draft.jpeg) this.jpegs.set(key, draft.jpeg);
      this.drawn.set(key, writeShape(draft, Math.max(-Z_MAX, Math.min(Z_MAX, z))));
    }, this.own);
    return true;
  }

  /** Draw *shape* elsewhere, or otherwise, in its height. */
  replace(shape: Shape): void {
    if (!this.drawn.has(shape.key)) return;
    const { key, z, ...draft } = shape;
    this.doc.transact(() => this.drawn.set(key, writeShape(draft, z)), this.own);
  }

  erase(shapes: readonly Shape[]): void {
    this.doc.transact(() => {
      for (const { key } of shapes) {
        this.drawn.delete(key);
        this.jpegs.delete(key);
      }
    }, this.own);
  }

  get canUndo(): boolean {
    return this.history.canUndo();
  }

  get canRedo(): boolean {
    return this.history.canRedo();
  }

  undo(): void {
    this.history.undo();
  }

  redo(): void {
    this.history.redo();
  }

  stop(): void {
    this.drawn.unobserve(this.look);
    this.jpegs.unobserve(this.look);
    this.history.destroy();
  }

  private read(keys: Iterable<string>): void {
    const changes: Change[] = [];
    for (const key of keys) {
      const before = this.shapes.get(key) ?? null;
      const read = this.drawn.has(key) ? readShape(key, this.drawn.get(key), this.jpegs.get(key)) : null;
      const after = before || this.shapes.size < SHAPES_MAX ? read : null;
      const isOver = before === null && after !== null && after.z > this.top;
      if (after) this.shapes.set(key, after);
      else this.shapes.delete(key);
      this.top = Math.max(this.top, after?.z ?? 0);
      this.bottom = Math.min(this.bottom, after?.z ?? 0);
      if (before || after) changes.push({ before, after, isOver });
    }
    if (changes.length > 0) this.onChange(changes);
  }
}

/** Read what is drawn on the board of *doc*, the lowest first. */
export function readBoard(doc: Y.Doc): readonly Shape[] {
  const [drawn, jpegs] = [doc.getMap<unknown>('board'), doc.getMap<unknown>('board-pictures')];
  const shapes: Shape[] = [];
  for (const [key, value] of drawn) {
    const shape = shapes.length < SHAPES_MAX && readShape(key, value, jpegs.get(key));
    if (shape) shapes.push(shape);
  }
  return shapes.sort(compareShapes);
}
