// All files of a lesson: those that this person gives, and those that come. Sans-I/O but for the files themselves: messages and times
// come in, and `take` gives the next message to send. Law: an offer costs the other nothing until they ask for it, and every list here
// has an end.

import { Allowance } from './allowance';
import { FILE_BYTES_MAX, FILES_MAX } from './file-limits';
import { type FileMessage, makeId, type Offer, type Stop } from './file-messages';
import { cleanName, cleanType } from './file-name';
import type { FileRecord, FileState, FileStore } from './file-store';
import { IncomingFile } from './incoming-file';
import { type Digest, type FileSource, OutgoingFile } from './outgoing-file';

/** A file that is no larger comes by itself, as long as all of them are not too much: who pays for the traffic is not asked. */
const BY_ITSELF_BYTES_MAX = 5 * 1_048_576;
const BY_THEMSELVES_BYTES_MAX = 50 * 1_048_576;

/** A file takes no more of the line, however fast: the call's picture has to be decoded meanwhile. */
const RATE = { most: 1_048_576, perSecond: 4 * 1_048_576 };
const RATE_BYTES_MIN = 131_072;

/** A disk that needs longer to note a file holds up nobody. */
const NOTE_MS_MAX = 2_000;

/** One file, as it is shown. */
export interface FileView {
  readonly id: string;
  readonly isOwn: boolean;
  /** Fit to be shown and saved under. */
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly state: FileState;
  /** How much of it is there. */
  readonly bytes: number;
  /** When it was offered, by this page's clock. */
  readonly atMs: number;
}

export interface FileToOffer extends FileSource {
  readonly name: string;
  readonly type: string;
  readonly blob: Blob;
}

interface Entry {
  record: FileRecord;
  readonly out: OutgoingFile | null;
  in: IncomingFile | null;
  readonly blob: Blob | null;
  isOfferDue: boolean;
  /** Until it is noted here it is not offered: a page that was loaded anew could not say that it is gone. */
  isHeldBack: boolean;
  bytes: number;
}

export interface ExchangeOptions {
  readonly lesson: string;
  readonly store: FileStore;
  readonly clock: () => number;
  readonly digest: Digest;
  /** There is something to send. */
  readonly onReady: () => void;
  readonly onChange: () => void;
  /** Something of theirs was beyond a bound. Called once. */
  readonly onDropped: () => void;
}

export class FileExchange {
  /** A question waits for nothing but the time: the next moment may have room for it. */
  isHeld = false;
  private readonly entries = new Map<string, Entry>();
  private due: FileMessage[] = [];
  private readonly rate = new Allowance(RATE);
  private byThemselves = 0;
  private isOpen = false;
  private hasDropped = false;
  private shown: readonly FileView[] = [];

  constructor(private readonly options: ExchangeOptions) {
    for (const record of options.store.records) void this.restore(record);
  }

  /** The files in the order in which they were offered; the same array as long as nothing changes. */
  get views(): readonly FileView[] {
    return this.shown;
  }

  /** Offer *file*; returns whether there was a place for it, and it is no larger than a file may be. */
  offer(file: FileToOffer): boolean {
    if (file.size > FILE_BYTES_MAX || this.count(true) >= FILES_MAX) return false;
    const id = makeId();
    const offer = { id, size: file.size, name: cleanName(file.name), type: cleanType(file.type) };
    const out = new OutgoingFile(id, file, this.options.digest, {
      onReady: () => this.options.onReady(),
      onUnreadable: () => this.end(id, 'unreadable', true),
    });
    const record = {
      offer,
      lesson: this.options.lesson,
      isOwn: true,
      atMs: this.options.clock(),
      state: 'offered',
    } as const;
    const entry: Entry = {
      record,
      out,
      in: null,
      blob: file.blob,
      isOfferDue: false,
      isHeldBack: true,
      bytes: 0,
    };
    void this.add(entry).then(() => this.release(entry));
    return true;
  }

  /** Ask for a file that was offered, or again for one that did not come. */
  fetch(id: string): void {
    const entry = this.entries.get(id);
    if (!entry || entry.record.isOwn || entry.in || entry.record.state === 'done') return;
    if (entry.record.offer.size > this.options.store.bytesMax) this.end(id, 'no-room', true);
    else this.begin(entry, 0);
  }

  /** This person does not want it any more. */
  stop(id: string): void {
    this.end(id, 'unwanted', true);
  }

  /** The whole file, if it is here. */
  async readBlob(id: string): Promise<Blob | null> {
    const entry = this.entries.get(id);
    if (!entry || (!entry.blob && entry.record.state !== 'done')) return null;
    if (entry.blob) return entry.blob;
    const count = await this.options.store.countBlocks(id);
    const blocks = await Promise.all(
      Array.from({ length: count }, (_, each) => this.options.store.read(id, each)),
    );
    const whole = new Blob(blocks);
    return whole.size === entry.record.offer.size ? whole : null;
  }

  /** A channel is open: say again what is offered, and ask again for what was under way. */
  open(): void {
    this.isOpen = true;
    this.due = [];
    this.greet();
    for (const { in: file } of this.entries.values()) file?.beginAgain();
  }

  /** The other page knows nothing yet: its tools were loading, or it was loaded anew. */
  greet(): void {
    for (const entry of this.entries.values()) {
      const { isOwn, offer, state } = entry.record;
      entry.isOfferDue = isOwn && isUnderWay(state) && !entry.isHeldBack;
      // Also of a page that was loaded anew: what it had offered waits over there for nothing.
      if (isOwn && isStop(state)) this.say({ kind: 'file-stop', id: offer.id, why: state });
    }
  }

  close(): void {
    this.isOpen = false;
    for (const { out } of this.entries.values()) out?.clear();
  }

  tick(nowMs: number): void {
    if (!this.isOpen) return;
    for (const entry of this.entries.values()) {
      entry.in?.tick(nowMs);
      if (entry.isHeldBack && nowMs - entry.record.atMs >= NOTE_MS_MAX) this.release(entry);
    }
    this.show();
  }

  /** Take the next message that is no piece. */
  takeWord(nowMs: number): FileMessage | null {
    const due = this.due.shift();
    if (due) return due;
    for (const entry of this.entries.values()) {
      if (!entry.isOfferDue) continue;
      entry.isOfferDue = false;
      return { kind: 'file-offer', offer: entry.record.offer };
    }
    // One after the other: the first is there sooner, and the line is no faster for two.
    const next = [...this.entries.values()].find(({ in: file }) => file)?.in;
    const left = this.rate.readLeft(nowMs);
    this.isHeld = next !== undefined && left < RATE_BYTES_MIN;
    const ask = (this.isHeld ? null : next?.takeAsk(left, nowMs)) ?? null;
    if (ask?.kind === 'file-ask') this.rate.take(ask.length, nowMs);
    return ask;
  }

  /** Take the next piece, or the digest that ends a block. */
  takePiece(): FileMessage | null {
    for (const { out } of this.entries.values()) {
      const message = out?.take();
      if (message) return message;
    }
    return null;
  }

  /** Tell whether *piece* is the very next of a file that was asked for. */
  expects(id: string, offset: number, length: number): boolean {
    return this.entries.get(id)?.in?.expects(offset, length) ?? false;
  }

  /** Take a message; returns false where it is beyond a bound. What is of a file that nobody knows any more is left. */
  receive(message: FileMessage, nowMs: number): boolean {
    if (message.kind === 'file-offer') return this.receiveOffer(message.offer);
    const entry = this.entries.get(message.id);
    switch (message.kind) {
      case 'file-piece':
        entry?.in?.receivePiece(message.offset, message.bytes, nowMs);
        break;
      case 'file-digest':
        entry?.in?.receiveDigest(message.block, message.digest, nowMs);
        break;
      case 'file-ask':
        this.receiveAsk(message.id, message.offset, message.length);
        break;
      case 'file-stop':
        this.end(message.id, message.why, false);
        break;
      case 'file-done':
        if (entry?.out && isUnderWay(entry.record.state)) this.set(entry, 'done', entry.record.offer.size);
    }
    return true;
  }

  private receiveOffer(offer: Offer): boolean {
    const known = this.entries.get(offer.id);
    if (known) {
      this.answerAgain(known);
      return true;
    }
    if (this.count(false) >= FILES_MAX) {
      if (!this.hasDropped) this.options.onDropped();
      this.hasDropped = true;
      return false;
    }
    const cleaned = { ...offer, name: cleanName(offer.name), type: cleanType(offer.type) };
    const record = {
      offer: cleaned,
      lesson: this.options.lesson,
      isOwn: false,
      atMs: this.options.clock(),
      state: 'offered',
    } as const;
    const entry: Entry = {
      record,
      out: null,
      in: null,
      blob: null,
      isOfferDue: false,
      isHeldBack: false,
      bytes: 0,
    };
    void this.add(entry);
    const together = this.byThemselves + offer.size;
    if (offer.size <= BY_ITSELF_BYTES_MAX && together <= BY_THEMSELVES_BYTES_MAX) {
      this.byThemselves = together;
      this.begin(entry, 0);
    }
    return true;
  }

  /** They did not hear how the file ended here. */
  private answerAgain({ record: { offer, isOwn, state } }: Entry): void {
    if (isOwn) return;
    if (state === 'done') this.say({ kind: 'file-done', id: offer.id });
    else if (isStop(state)) this.say({ kind: 'file-stop', id: offer.id, why: state });
  }

  private receiveAsk(id: string, offset: number, length: number): void {
    const entry = this.entries.get(id);
    if (entry?.out && isUnderWay(entry.record.state)) {
      entry.out.ask(offset, length);
      this.set(entry, 'moving', Math.min(entry.record.offer.size, Math.max(entry.bytes, offset)));
      return;
    }
    const state = entry?.record.isOwn ? entry.record.state : 'gone';
    this.say({ kind: 'file-stop', id, why: isStop(state) ? state : 'gone' });
  }

  private begin(entry: Entry, kept: number): void {
    const { id } = entry.record.offer;
    entry.in = new IncomingFile(entry.record.offer, kept, this.options.store, this.options.digest, {
      onReady: () => this.options.onReady(),
      onDone: () => {
        entry.in = null;
        this.say({ kind: 'file-done', id });
        this.set(entry, 'done', entry.record.offer.size);
      },
      onFailed: (why) => this.end(id, why, true),
    });
    this.set(entry, 'moving', entry.in.received);
    this.options.onReady();
  }

  private end(id: string, why: Stop, isTold: boolean): void {
    const entry = this.entries.get(id);
    if (!entry || !isUnderWay(entry.record.state)) return;
    entry.in?.stop();
    entry.in = null;
    entry.out?.clear();
    entry.isOfferDue = false;
    if (!entry.record.isOwn) this.options.store.drop(id);
    this.set(entry, why, 0);
    if (isTold) this.say({ kind: 'file-stop', id, why });
  }

  /** What is not done of this person's own is lost with the page that had it; what came goes on from its last block. */
  private async restore(record: FileRecord): Promise<void> {
    const state = record.isOwn && isUnderWay(record.state) ? 'gone' : record.state;
    const bytes = state === 'done' ? record.offer.size : 0;
    const entry: Entry = {
      record: { ...record, state },
      out: null,
      in: null,
      blob: null,
      isOfferDue: false,
      isHeldBack: false,
      bytes,
    };
    void this.add(entry);
    if (state !== 'moving') return;
    const kept = await this.options.store.countBlocks(record.offer.id).catch(() => 0);
    if (entry.record.state === 'moving' && !entry.in) this.begin(entry, kept);
  }

  private say(message: FileMessage): void {
    if (!this.isOpen || this.due.length >= FILES_MAX) return;
    this.due.push(message);
    this.options.onReady();
  }

  /** Resolves when the file is noted. */
  private add(entry: Entry): Promise<void> {
    this.entries.set(entry.record.offer.id, entry);
    const noted = this.options.store.note(entry.record);
    this.show();
    return noted;
  }

  private release(entry: Entry): void {
    if (!entry.isHeldBack) return;
    entry.isHeldBack = false;
    entry.isOfferDue = isUnderWay(entry.record.state);
    this.options.onReady();
  }

  private set(entry: Entry, state: FileState, bytes: number): void {
    entry.bytes = bytes;
    if (entry.record.state === state) return;
    entry.record = { ...entry.record, state };
    void this.options.store.note(entry.record);
    this.show();
  }

  private count(isOwn: boolean): number {
    return [...this.entries.values()].filter(({ record }) => record.isOwn === isOwn).length;
  }

  private show(): void {
    const views = [...this.entries.values()].map(viewOf).sort((one, other) => one.atMs - other.atMs);
    const isSame =
      views.length === this.shown.length &&
      views.every((each, place) => {
        const before = this.shown[place];
        return before?.id === each.id && before.state === each.state && before.bytes === each.bytes;
      });
    if (isSame) return;
    this.shown = views;
    this.options.onChange();
  }
}

function isUnderWay(state: FileState): boolean {
  return state === 'offered' || state === 'moving';
}

function isStop(state: FileState): state is Stop {
  return !isUnderWay(state) && state !== 'done';
}

function viewOf({ record: { offer, isOwn, atMs, state }, in: file, bytes }: Entry): FileView {
  return { ...offer, isOwn, atMs, state, bytes: file?.received ?? bytes };
}
