// Keeps one document the same on two pages, over a channel that comes and goes. Sans-I/O: messages and times come in, and `next`
// gives the next message to send. Law: nothing is queued for a page that does not listen; whatever was missed is found by comparing
// what both have (Yjs state vectors), so that no edit is lost, however often the channel is.

import { fits, type ToolMessage, UPDATE_BYTES_MAX } from './tool-frames';

/** A document, as its synchronisation sees it. */
export interface SharedDocument {
  /** What this page has. */
  readVector(): Uint8Array;
  /** What a page with *vector* lacks. Throws for bytes that are no vector. */
  readDifference(vector: Uint8Array): Uint8Array;
  mergeUpdates(updates: readonly Uint8Array[]): Uint8Array;
  receiveUpdate(update: Uint8Array): Taken;
}

/** What became of an update: taken in, unreadable, or more than the document may have. */
export type Taken = 'taken' | 'unreadable' | 'full';

/** Something that a person is told once. */
export type SyncNotice = 'unreadable' | 'flood' | 'full';

/** `given`: they have what this page had. `taken`: this page has what they had. `together`: both. `silent`: they said nothing for
 * 5 s though the channel is open. */
export type SyncState = 'closed' | 'greeting' | 'comparing' | 'given' | 'taken' | 'together' | 'silent';

export type SyncEvent =
  | 'opened'
  | 'closed'
  /** They asked what this page has: they are new here, or want to compare. */
  | 'asked'
  | 'answered'
  | 'gave'
  | 'took'
  | 'fell-silent'
  | 'heard'
  /** Something of theirs, or of the own, was dropped at a bound. */
  | 'compare';

/** What follows what; an event without a row changes nothing. */
export const SYNC_NEXT: Readonly<Record<SyncState, Readonly<Partial<Record<SyncEvent, SyncState>>>>> = {
  closed: { opened: 'greeting' },
  greeting: { closed: 'closed', opened: 'greeting', asked: 'comparing', answered: 'comparing' },
  comparing: {
    closed: 'closed',
    opened: 'greeting',
    asked: 'comparing',
    answered: 'comparing',
    gave: 'given',
    took: 'taken',
    'fell-silent': 'silent',
    compare: 'comparing',
  },
  given: {
    closed: 'closed',
    opened: 'greeting',
    asked: 'comparing',
    took: 'together',
    'fell-silent': 'silent',
    compare: 'comparing',
  },
  taken: {
    closed: 'closed',
    opened: 'greeting',
    asked: 'comparing',
    gave: 'together',
    'fell-silent': 'silent',
    compare: 'comparing',
  },
  together: {
    closed: 'closed',
    opened: 'greeting',
    asked: 'comparing',
    'fell-silent': 'silent',
    compare: 'comparing',
  },
  silent: { closed: 'closed', opened: 'greeting', heard: 'comparing' },
};

/** In which states their edits are believed to follow what this page has, and the own ones to follow what they have. */
const MEETS: ReadonlySet<SyncState> = new Set(['comparing', 'given', 'taken', 'together']);
const GIVES: ReadonlySet<SyncState> = new Set(['given', 'together']);

/** The first message may find a page whose scripts are still loading: it is said again, after so long. */
const HELLO_AGAIN_MS = [1_000, 2_000, 4_000, 8_000] as const;

/** A page with nothing to say says so this often. */
const PULSE_MS = 2_000;

/** Who has said nothing for so long is missing; people are told then. */
export const MISSING_MS = 5_000;

const NOWHERE = new Uint8Array();

/** Comparing costs the whole document at worst: not more often, whoever asks. */
const COMPARE_AGAIN_MS = 5_000;
const DIFFERENCE_AGAIN_MS = 1_000;

export class DocumentSync {
  state: SyncState = 'closed';
  /** Hears where their caret is; empty for nowhere, and when they are gone. */
  onCaret: (caret: Uint8Array) => void = () => undefined;
  private caret: Uint8Array = NOWHERE;
  /** Whether they are to be told where the own caret is. */
  private isCaretNew = false;
  /** Own edits that they are to get; empty in the states in which a difference will have them. */
  private edits: Uint8Array[] = [];
  private editBytes = 0;
  /** The hello that is to be said; null where none is. */
  private hello: 'ask' | 'answer' | null = null;
  /** The vector that waits for its difference; of two the newer counts. */
  private theirVector: Uint8Array | null = null;
  private hellos = 0;
  private helloMs = 0;
  private sentMs = 0;
  private heardMs = 0;
  private gaveMs = Number.NEGATIVE_INFINITY;
  private comparedMs = Number.NEGATIVE_INFINITY;
  /** Whether something was dropped since both were compared. */
  private isBehind = false;
  /** Since when they have not been there. */
  private awayMs: number | null;

  constructor(
    private readonly document: SharedDocument,
    private readonly notify: (notice: SyncNotice) => void,
    nowMs: number,
  ) {
    this.awayMs = nowMs;
  }

  /** Tell whether both pages have talked to each other within the last seconds. */
  isMissing(nowMs: number): boolean {
    return this.awayMs !== null && nowMs - this.awayMs >= MISSING_MS;
  }

  /** There is a channel, or another one. */
  open(nowMs: number): void {
    this.clear();
    this.hellos = 0;
    this.heardMs = this.sentMs = nowMs;
    this.go('opened', nowMs);
    this.greet(nowMs);
  }

  close(nowMs: number): void {
    this.clear();
    this.go('closed', nowMs);
  }

  /** The person has changed the document by *update*. */
  addEdit(update: Uint8Array): void {
    if (!GIVES.has(this.state) || this.isBehind) return;
    this.edits.push(update);
    this.editBytes += update.byteLength;
    if (this.editBytes > UPDATE_BYTES_MAX) this.fallBehind();
  }

  /** The own caret is here now. Nobody waits for it: of several the newest is sent, and a page that comes later gets it, too. */
  moveCaret(caret: Uint8Array): void {
    this.caret = caret;
    this.isCaretNew = true;
  }

  /** Something of theirs was dropped. Once they are quiet, both compare. */
  fallBehind(): void {
    this.isBehind = true;
    this.edits = [];
    this.editBytes = 0;
  }

  /** A part of a long message has come. On a slow line the rest takes its time, and is not asked for again. */
  receivePiece(nowMs: number): void {
    this.hear(nowMs);
    this.comparedMs = nowMs;
  }

  receive(message: ToolMessage, nowMs: number): void {
    this.hear(nowMs);
    switch (message.kind) {
      case 'hello':
        this.receiveHello(message.wantsAnswer, message.bytes, nowMs);
        return;
      case 'difference':
        if (MEETS.has(this.state) && this.take(message.bytes)) this.go('took', nowMs);
        return;
      case 'update':
        if (MEETS.has(this.state)) this.take(message.bytes);
        return;
      case 'caret':
        if (MEETS.has(this.state)) this.onCaret(message.bytes);
    }
  }

  /** Time has passed. */
  tick(nowMs: number): void {
    if (this.state === 'greeting') {
      const againMs = HELLO_AGAIN_MS[Math.min(this.hellos, HELLO_AGAIN_MS.length) - 1] ?? 0;
      if (nowMs - this.helloMs >= againMs) this.greet(nowMs);
    }
    if (MEETS.has(this.state) && nowMs - this.heardMs >= MISSING_MS) this.go('fell-silent', nowMs);
    const isHalf = MEETS.has(this.state) && this.state !== 'together';
    if ((this.isBehind || isHalf) && nowMs - this.comparedMs >= COMPARE_AGAIN_MS) this.compare(nowMs);
  }

  /** Give the next message to send, if there is one. Ask whenever the channel has room for it. */
  next(nowMs: number): ToolMessage | null {
    if (this.state === 'closed') return null;
    const message = this.choose(nowMs);
    if (message) this.sentMs = nowMs;
    return message;
  }

  private hear(nowMs: number): void {
    this.heardMs = nowMs;
    if (this.state === 'silent') this.compare(nowMs, 'heard');
  }

  private choose(nowMs: number): ToolMessage | null {
    const { hello } = this;
    this.hello = null;
    if (hello) return { kind: 'hello', wantsAnswer: hello === 'ask', bytes: this.document.readVector() };
    const isDue = nowMs - this.gaveMs >= DIFFERENCE_AGAIN_MS;
    const difference = this.theirVector && isDue ? this.give(this.theirVector, nowMs) : null;
    if (difference) return difference;
    if (this.edits.length > 0) return this.takeEdits();
    if (this.isCaretNew && GIVES.has(this.state)) return this.takeCaret();
    const isQuiet = nowMs - this.sentMs >= PULSE_MS && this.state !== 'greeting';
    return isQuiet ? { kind: 'pulse' } : null;
  }

  private give(vector: Uint8Array, nowMs: number): ToolMessage | null {
    this.theirVector = null;
    this.gaveMs = nowMs;
    try {
      const message: ToolMessage = { kind: 'difference', bytes: this.document.readDifference(vector) };
      if (fits(message)) {
        this.edits = [];
        this.editBytes = 0;
        this.go('gave', nowMs);
        return message;
      }
      this.notify('full');
    } catch {
      this.notify('unreadable');
    }
    return null;
  }

  /** Several edits are sent as one. */
  private takeEdits(): ToolMessage | null {
    const bytes = this.document.mergeUpdates(this.edits);
    this.edits = [];
    this.editBytes = 0;
    const message: ToolMessage = { kind: 'update', bytes };
    if (fits(message)) return message;
    this.fallBehind();
    return null;
  }

  /** After the edits: it may stand in what was just written. */
  private takeCaret(): ToolMessage {
    this.isCaretNew = false;
    return { kind: 'caret', bytes: this.caret };
  }

  private receiveHello(wantsAnswer: boolean, vector: Uint8Array, nowMs: number): void {
    this.go(wantsAnswer ? 'asked' : 'answered', nowMs);
    // Both may have asked at once: then they have got what their answer asks for.
    if (GIVES.has(this.state)) return;
    if (wantsAnswer) this.hello ??= 'answer';
    this.theirVector = vector;
    this.comparedMs = nowMs;
  }

  private take(update: Uint8Array): boolean {
    return this.judge(this.document.receiveUpdate(update));
  }

  /** Tell what became of something of theirs, if it was not taken in; returns whether it was. */
  judge(taken: Taken): boolean {
    if (taken === 'taken') return true;
    this.notify(taken);
    // What is too much today is too much tomorrow.
    if (taken === 'unreadable') this.isBehind = true;
    return false;
  }

  private greet(nowMs: number): void {
    this.hello = 'ask';
    this.hellos += 1;
    this.helloMs = nowMs;
  }

  private compare(nowMs: number, event: 'compare' | 'heard' = 'compare'): void {
    const before = this.state;
    this.go(event, nowMs);
    if (!MEETS.has(before) && before === this.state) return;
    this.isBehind = false;
    this.comparedMs = nowMs;
    this.hello = 'ask';
  }

  private clear(): void {
    this.fallBehind();
    this.isBehind = false;
    this.hello = this.theirVector = null;
  }

  private go(event: SyncEvent, nowMs: number): void {
    const before = this.state;
    this.state = SYNC_NEXT[before][event] ?? before;
    if (GIVES.has(this.state) && !GIVES.has(before)) this.isCaretNew = this.caret.byteLength > 0;
    if (MEETS.has(before) && !MEETS.has(this.state)) this.onCaret(NOWHERE);
    if (MEETS.has(this.state)) this.awayMs = null;
    else if (event === 'fell-silent') this.awayMs = nowMs - MISSING_MS;
    else this.awayMs ??= nowMs;
  }
}
