// The document of one lesson: what both write, draw and collect, as a CRDT (Yjs). Law: what the other page sends cannot break it,
// and it has a size that it does not outgrow.

import * as Y from 'yjs';
import type { SharedDocument, Taken } from './document-sync';
import { DOCUMENT_BYTES_MAX } from './tool-frames';
import { isOfOwn, isSound } from './update-check';

/** The origin of what came from the other page, or from the store: everything else is an own edit. */
const THEIRS = Symbol('theirs');
const KEPT = Symbol('kept');

/** From here on nobody is asked to add more: what two pages write at the same time still has room. */
const OWN_BYTES_MAX = DOCUMENT_BYTES_MAX - 2 * 1_048_576;

/** To measure is to write the whole document, some 50 ms: not before so much has been added. */
const UNMEASURED_BYTES_MAX = 1_048_576;

/** While a word is being composed so much of theirs waits for its end; then all of it is taken in at once. */
const HELD_BYTES_MAX = 262_144;

/** Edits that wait for others that have not come (Yjs keeps them aside). Over an ordered channel there are hardly any. */
const WAITING_BYTES_MAX = 1_048_576;

export class LessonDocument implements SharedDocument {
  readonly doc = new Y.Doc();
  /** Whether the document is as large as may be: the tools take no more. */
  isFull = false;
  /** As it was measured last, and what has come since. The document is no larger than their sum. */
  private measuredBytes = 0;
  private addedBytes = 0;
  /** What of theirs waits; null while nothing has to. */
  private held: Uint8Array[] | null = null;
  private heldBytes = 0;

  /** *onUpdate* hears of every change but those of `restore`: an own edit, or what the other page sent. */
  constructor(onUpdate: (update: Uint8Array, isOwn: boolean) => void) {
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      this.add(update.byteLength);
      if (origin !== KEPT) onUpdate(update, origin !== THEIRS);
    });
  }

  /** Take in what was kept before. */
  restore(update: Uint8Array): void {
    this.apply(update, KEPT);
  }

  readVector(): Uint8Array {
    return Y.encodeStateVector(this.doc);
  }

  /** Edits that wait for others are no part of it: they are theirs to tell, and are neither kept nor passed on. */
  readDifference(vector?: Uint8Array): Uint8Array {
    const { store } = this.doc;
    const { pendingStructs } = store;
    store.pendingStructs = null;
    try {
      return Y.encodeStateAsUpdate(this.doc, vector);
    } finally {
      store.pendingStructs = pendingStructs;
    }
  }

  readWhole(): Uint8Array {
    return this.readDifference();
  }

  mergeUpdates(updates: readonly Uint8Array[]): Uint8Array {
    const [only] = updates;
    return only && updates.length === 1 ? only : Y.mergeUpdates([...updates]);
  }

  receiveUpdate(update: Uint8Array): Taken {
    const isTooMuch = this.measuredBytes + this.addedBytes + update.byteLength > DOCUMENT_BYTES_MAX;
    this.isFull ||= isTooMuch;
    if (isTooMuch) return 'full';
    if (!this.held) return this.apply(update, THEIRS);
    this.held.push(update);
    this.heldBytes += update.byteLength;
    return this.heldBytes > HELD_BYTES_MAX ? this.release() : 'taken';
  }

  /** Let what the other page sends wait from now on: it would break off the word that a person composes. It is no part of the
   * document meanwhile, so comparing asks for it again. */
  hold(): void {
    this.held ??= [];
  }

  /** Take in what has waited. */
  release(): Taken {
    const { held } = this;
    this.held = null;
    this.heldBytes = 0;
    const all = (held ?? []).map((update) => this.apply(update, THEIRS));
    return all.find((taken) => taken !== 'taken') ?? 'taken';
  }

  /** Read it whole before any of it is applied: reading reserves nothing by the numbers that it finds, and applying would. */
  private apply(update: Uint8Array, origin: symbol): Taken {
    try {
      const read = Y.decodeUpdate(update);
      if (!isSound(read, this.doc)) return 'unreadable';
      if (isOfOwn(read, this.doc)) this.doc.clientID = new Y.Doc().clientID;
      Y.applyUpdate(this.doc, update, origin);
    } catch {
      return 'unreadable';
    }
    return this.dropWaiting() ? 'unreadable' : 'taken';
  }

  /** Forget edits that wait for others if they are too many; they come again when both pages compare. So do the deletions of what
   * has not come, which would also be those of what this person has yet to write. */
  private dropWaiting(): boolean {
    const { store } = this.doc;
    store.pendingDs = null;
    if ((store.pendingStructs?.update.byteLength ?? 0) <= WAITING_BYTES_MAX) return false;
    store.pendingStructs = null;
    return true;
  }

  private add(bytes: number): void {
    this.addedBytes += bytes;
    if (this.addedBytes > UNMEASURED_BYTES_MAX) {
      this.measuredBytes = this.readWhole().byteLength;
      this.addedBytes = 0;
    }
    this.isFull ||= this.measuredBytes + this.addedBytes > OWN_BYTES_MAX;
  }
}
