// The lesson's vocabulary in the shared document. Law: what the other page put there is read with suspicion; whatever is no card is
// not shown.

import * as Y from 'yjs';
import { changeBetween, placeAfter } from './text-change';

/** A lesson with more words is no lesson; more are neither added nor shown. */
export const CARDS_MAX = 1_000;

/** A field holds so much. A longer text comes from a page of another kind, and its beginning is read. */
export const FIELD_CHARACTERS_MAX = 500;

export const FIELDS = ['word', 'meaning', 'example'] as const;
type Field = (typeof FIELDS)[number];

export type CardText = Readonly<Record<Field, string>>;

/** A card as it stands in the document: both people may write in each field at once. */
export interface Card extends Readonly<Record<Field, Y.Text>> {
  /** Tells it from the others of this page. */
  readonly key: number;
  /** Who added it, as that page says. */
  readonly by: string;
}

export class WordList {
  private readonly list: Y.Array<unknown>;
  private readonly keys = new WeakMap<object, number>();
  private keysGiven = 0;

  constructor(private readonly doc: Y.Doc) {
    this.list = doc.getArray('vocabulary');
  }

  /** Call *onChange* whenever a card comes, goes or changes; returns what ends that. Not by `observeDeep`: that counts to the place of
   * each card that has changed, and the other page may change a hundred thousand. */
  subscribe(onChange: () => void): () => void {
    const look = ({ changedParentTypes }: Y.Transaction) => {
      if (changedParentTypes.has(this.list)) onChange();
    };
    this.doc.on('afterTransaction', look);
    return () => this.doc.off('afterTransaction', look);
  }

  read(): readonly Card[] {
    return this.list.slice(0, CARDS_MAX).flatMap((each) => this.readCard(each) ?? []);
  }

  /** Add a card at the end; returns whether there was room. */
  add(text: CardText, by: string): boolean {
    if (this.list.length >= CARDS_MAX) return false;
    const card = new Y.Map<unknown>([
      ['by', by],
      ...FIELDS.map((name) => [name, new Y.Text(text[name])] as const),
    ]);
    this.list.push([card]);
    return true;
  }

  remove({ key }: Card): void {
    const place = this.list
      .toArray()
      .findIndex((each) => each instanceof Y.Map && this.keys.get(each) === key);
    if (place >= 0) this.list.delete(place);
  }

  /** Make the change of a field that showed *before* and now shows *after*. What the other person wrote meanwhile stays. */
  edit(text: Y.Text, before: string, after: string): void {
    const change = changeBetween(before, after);
    const meanwhile = changeBetween(before, text.toString());
    const from = placeAfter(meanwhile, change.at);
    const to = placeAfter(meanwhile, change.at + change.removed);
    this.doc.transact(() => {
      // What the other person wrote into a stretch that is taken away keeps the stretch.
      if (to - from === change.removed) text.delete(from, change.removed);
      if (change.inserted !== '') text.insert(from, change.inserted);
    });
  }

  private readCard(value: unknown): Card | null {
    if (!(value instanceof Y.Map)) return null;
    const [word, meaning, example, by] = [...FIELDS, 'by'].map((name) => value.get(name) as unknown);
    if (!isText(word) || !isText(meaning) || !isText(example)) return null;
    let key = this.keys.get(value);
    if (key === undefined) {
      key = this.keysGiven;
      this.keysGiven += 1;
      this.keys.set(value, key);
    }
    return { key, word, meaning, example, by: typeof by === 'string' ? by : '' };
  }
}

/** A text of XML is none: it reads as its tags, and what is in it may not even be read. */
function isText(value: unknown): value is Y.Text {
  return value instanceof Y.Text && !(value instanceof Y.XmlText);
}

/** Read what is written on *card*. */
export function textOf({ word, meaning, example }: Card): CardText {
  const read = (text: Y.Text) => text.toString().slice(0, FIELD_CHARACTERS_MAX);
  return { word: read(word), meaning: read(meaning), example: read(example) };
}
