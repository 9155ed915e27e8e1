// The captions of both pages, as messages: what is said goes out, what the other says comes in, and each page tells whether it wants
// captions and whether it writes them. Pure. Law: the newest words matter, so nothing waits in a row.

import { Allowance } from './allowance';
import { type Caption, cutCaption, readCaption, writeCaption } from './caption-frame';
import { type CaptionLog, EMPTY_LOG, receiveCaption } from './caption-log';
import type { ToolMessage } from './tool-frames';

/** Whether a page writes its person's words; the order is that of the wire. `unable`: its browser cannot. */
const WRITING = ['off', 'on', 'unable', 'declined'] as const;
export type Writing = (typeof WRITING)[number];

export interface CaptionSign {
  /** The page shows captions, and asks for the other's. */
  readonly isWanted: boolean;
  readonly writing: Writing;
}

const SILENT: CaptionSign = { isWanted: false, writing: 'off' };

const IS_WANTED = 1;
const WRITING_SHIFT = 1;
const WRITING_MASK = 7;

/** An eye follows no faster, and a recogniser changes its mind up to thirty times a second. */
const INTERIM_EVERY_MS = 250;

/** What was said while there was no connection: more of it is old. */
const WAITING_MAX = 20;

/** A person finishes a sentence in a second; the rest are interim. Above this, captions are dropped. */
const CAPTIONS = { most: 60, perSecond: 12 };

export class CaptionTalk {
  log: CaptionLog = EMPTY_LOG;
  theirs: CaptionSign = SILENT;
  /** Something of theirs was cut or dropped, as the person is told once. */
  hasDropped = false;
  /** Hears of every change of what is above. */
  onChange: () => void = () => undefined;

  private own: CaptionSign = SILENT;
  private isSignDue = false;
  /** Finished captions, and at most one interim caption behind them. */
  private waiting: Caption[] = [];
  private interimSentMs = Number.NEGATIVE_INFINITY;
  private readonly captionsLeft = new Allowance(CAPTIONS);

  /** *onDue* hears that there is something to send. */
  constructor(private readonly onDue: () => void) {}

  /** Tell the other page what this one wants and does. */
  setOwn(own: CaptionSign): void {
    if (own.isWanted === this.own.isWanted && own.writing === this.own.writing) return;
    this.own = own;
    this.isSignDue = true;
    this.onDue();
  }

  /** This page's person has said *caption*, which is short enough, by *nowMs*. */
  say(caption: Caption, nowMs: number): void {
    this.log = receiveCaption(this.log, true, caption, nowMs);
    this.waiting = [...this.waiting.filter(({ isFinal }) => isFinal), caption].slice(-WAITING_MAX);
    this.onChange();
    this.onDue();
  }

  /** There is a channel, or the other page is new on it: it knows nothing yet. */
  greet(): void {
    this.isSignDue = true;
  }

  /** Return what is to be sent next. */
  next(nowMs: number): ToolMessage | null {
    if (this.isSignDue) {
      this.isSignDue = false;
      return { kind: 'captioning', bytes: writeSign(this.own) };
    }
    const [first] = this.waiting;
    if (!first || (!first.isFinal && nowMs - this.interimSentMs < INTERIM_EVERY_MS)) return null;
    this.waiting = this.waiting.slice(1);
    if (!first.isFinal) this.interimSentMs = nowMs;
    return { kind: 'caption', bytes: writeCaption(first) };
  }

  /** Take in what the other page says; returns whether it could be read. */
  receive(kind: 'caption' | 'captioning', bytes: Uint8Array, nowMs: number): boolean {
    if (kind === 'captioning') {
      const sign = readSign(bytes);
      if (sign) this.theirs = sign;
      this.onChange();
      return sign !== null;
    }
    if (!this.captionsLeft.take(1, nowMs)) {
      this.drop();
      return true;
    }
    const caption = readCaption(bytes);
    if (!caption) return false;
    const text = cutCaption(caption.text);
    if (text !== caption.text) this.drop();
    this.log = receiveCaption(this.log, false, { ...caption, text }, nowMs);
    this.onChange();
    return true;
  }

  private drop(): void {
    if (this.hasDropped) return;
    this.hasDropped = true;
    this.onChange();
  }
}

function writeSign({ isWanted, writing }: CaptionSign): Uint8Array {
  return Uint8Array.of((isWanted ? IS_WANTED : 0) | (WRITING.indexOf(writing) << WRITING_SHIFT));
}

/** A state of a later version is `off` to this one. */
function readSign([flags]: Uint8Array): CaptionSign | null {
  if (flags === undefined) return null;
  return {
    isWanted: (flags & IS_WANTED) !== 0,
    writing: WRITING[(flags >> WRITING_SHIFT) & WRITING_MASK] ?? 'off',
  };
}
