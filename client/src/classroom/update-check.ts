// Judges an update of the lesson's document before it is taken in. Pure. Law: what Yjs takes in it can write again, and read again. A
// document that it cannot write is neither kept nor shared any more, and there is no way back.

import * as Y from 'yjs';

/** No lesson has as many edits, and sums of such numbers are exact. */
const EDITS_MAX = 2 ** 40;

/** Values stand in each other so deep at most. Yjs reads deeper ones than it can write. */
export const VALUE_DEPTH_MAX = 32;

/** The notes' lists stand in each other 16 deep. Each edit of a type costs a step for every type that it stands in. */
export const TYPE_DEPTH_MAX = 32;

type Update = ReturnType<typeof Y.decodeUpdate>;
type Struct = Update['structs'][number];

/** Tell whether there is nothing in an update that *doc* could take in, but not write again. */
export function isSound(update: Update, doc: Y.Doc): boolean {
  const { structs, ds } = update;
  return (
    structs.every((each) => isCountable(each.id.clock, each.length) && looksBack(each)) &&
    [...ds.clients.values()].every((deletes) => deletes.every(({ clock, len }) => isCountable(clock, len))) &&
    structs.every((each) => isNamed(each) && isPlain(valuesOf(each))) &&
    new Depths(structs, doc.store).areWithin()
  );
}

/** Tell whether an update has edits of *doc*'s own client that *doc* has not made. What it makes would be taken for those. */
export function isOfOwn({ structs }: Update, { clientID, store }: Y.Doc): boolean {
  const made = Y.getState(store, clientID);
  return structs.some(({ id, length }) => id.client === clientID && id.clock + length > made);
}

/** An edit without a length takes the place of the next one. */
function isCountable(clock: number, length: number): boolean {
  return length > 0 && clock + length <= EDITS_MAX;
}

/** An edit stands beside or in edits that were before it. Of those of others Yjs knows which have not come. */
function looksBack(struct: Struct): boolean {
  if (!(struct instanceof Y.Item)) return true;
  const { client, clock } = struct.id;
  const { origin, rightOrigin, parent } = struct;
  return [origin, rightOrigin, parent].every(
    (each) => !(each instanceof Y.ID) || each.client !== client || each.clock < clock,
  );
}

function valuesOf(struct: Struct): readonly unknown[] {
  if (!(struct instanceof Y.Item)) return [];
  const { content } = struct;
  if (content instanceof Y.ContentAny || content instanceof Y.ContentJSON) return content.arr;
  if (content instanceof Y.ContentEmbed) return [content.embed];
  return content instanceof Y.ContentFormat ? [content.value] : [];
}

/** A value that is called `__proto__` makes another kind of object of what it is put into. */
function isNamed(struct: Struct): boolean {
  if (!(struct instanceof Y.Item)) return true;
  const { content, parentSub } = struct;
  return parentSub !== '__proto__' && !(content instanceof Y.ContentFormat && content.key === '__proto__');
}

/** Tell whether *values* are what JSON has, and bytes, and not too deep. */
function isPlain(values: readonly unknown[]): boolean {
  let level = values;
  for (let depth = 0; level.length > 0; depth += 1) {
    const holders = level.filter(isHolder);
    if (depth >= VALUE_DEPTH_MAX && holders.length > 0) return false;
    const isOdd = (each: object) => !Array.isArray(each) && Object.getPrototypeOf(each) !== Object.prototype;
    if (holders.some(isOdd)) return false;
    level = holders.flatMap((each) => Object.values(each) as unknown[]);
  }
  return true;
}

function isHolder(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

/** How many types each edit of an update stands in. One that says nothing of it stands where its neighbour does. */
class Depths {
  private readonly known = new Map<Struct, number>();
  private readonly byClient = new Map<number, Struct[]>();

  constructor(
    private readonly structs: readonly Struct[],
    private readonly store: Y.Doc['store'],
  ) {
    for (const each of structs) {
      const { client } = each.id;
      const ofClient = this.byClient.get(client);
      if (ofClient) ofClient.push(each);
      else this.byClient.set(client, [each]);
    }
  }

  /** Tell whether no type stands too deep, and of none it has yet to come where it stands. */
  areWithin(): boolean {
    return this.structs.every(
      (each) => !isType(each) || (this.find(each) ?? TYPE_DEPTH_MAX) < TYPE_DEPTH_MAX,
    );
  }

  /** Null for an edit beside or in something that is not here. Without recursion: the way may be as long as the update. */
  private find(struct: Struct): number | null {
    const way: Struct[] = [];
    let each: Struct | null = struct;
    let depth: number | null = null;
    while (each && depth === null) {
      depth = this.known.get(each) ?? rootDepthOf(each);
      if (depth === null) {
        // Two that stand in each other.
        if (way.length > this.structs.length) return null;
        way.push(each);
        each = this.above(each);
      }
    }
    if (depth === null) return null;
    if (each) this.known.set(each, depth);
    for (const item of way.reverse()) {
      depth += isInside(item) ? 1 : 0;
      this.known.set(item, depth);
    }
    return depth;
  }

  /** What *struct* stands in or beside: of the update, or of the document. */
  private above(struct: Struct): Struct | null {
    const id =
      struct instanceof Y.Item && (isInside(struct) ? struct.parent : (struct.origin ?? struct.rightOrigin));
    if (!(id instanceof Y.ID)) return null;
    if (id.clock < Y.getState(this.store, id.client)) return Y.getItem(this.store, id);
    const ofClient = this.byClient.get(id.client);
    const [first] = ofClient ?? [];
    if (!ofClient || !first || id.clock < first.id.clock) return null;
    const last = ofClient[ofClient.length - 1];
    if (!last || id.clock >= last.id.clock + last.length) return null;
    return ofClient[Y.findIndexSS(ofClient as (Y.Item | Y.GC)[], id.clock)] ?? null;
  }
}

function isType(struct: Struct): boolean {
  return struct instanceof Y.Item && struct.content instanceof Y.ContentType;
}

function isInside(struct: Struct): boolean {
  return struct instanceof Y.Item && struct.parent instanceof Y.ID;
}

/** Of what stands in no type of the update, or is in the document already; null for the rest. */
function rootDepthOf(struct: Struct): number | null {
  if (!(struct instanceof Y.Item)) return 0;
  if (typeof struct.parent === 'string') return 0;
  if (!(struct.parent instanceof Y.AbstractType)) return null;
  let depth = 0;
  for (let type: Y.Item | null = struct.parent._item; type; type = parentOf(type)) depth += 1;
  return depth;
}

function parentOf({ parent }: Y.Item): Y.Item | null {
  return parent instanceof Y.AbstractType ? parent._item : null;
}
