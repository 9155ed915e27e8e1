// Drives the tools' channel: it moves bytes, reads the time, and decides nothing but what there is room for. It gets one channel
// after another, as connections come and go.

import { Allowance } from './allowance';
import { CaptionTalk } from './caption-talk';
import type { DocumentSync } from './document-sync';
import { RecordingTalk } from './recording-talk';
import {
  type FileToolMessage,
  FRAME_BYTES_MAX,
  FrameReader,
  isOfFile,
  pieceOf,
  type ToolMessage,
  writeFrames,
} from './tool-frames';

/** What is shown to the other person at this moment, and is no part of the document. */
export type Shown = Extract<ToolMessage, { readonly kind: 'pointer' | 'look-here' | 'look-tab' }>;

/** As much of an RTCDataChannel as is used here. */
export interface ToolChannel {
  binaryType: string;
  bufferedAmountLowThreshold: number;
  readonly bufferedAmount: number;
  readonly readyState: RTCDataChannelState;
  onopen: ((event: Event) => void) | null;
  onclose: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onbufferedamountlow: ((event: Event) => void) | null;
  send(bytes: Uint8Array<ArrayBuffer>): void;
}

/** What the lesson's files need of the line; loaded with the first of them (lesson-files.ts). */
export interface FileTraffic {
  /** A question waits for nothing but the time: the next moment may have room for it. */
  readonly isHeld: boolean;
  open(): void;
  close(): void;
  /** The other page knows nothing yet. */
  greet(): void;
  tick(nowMs: number): void;
  /** Take the next message that is no piece. */
  takeWord(nowMs: number): ToolMessage | null;
  takePiece(): ToolMessage | null;
  /** Tell whether *piece* is the very next of what was asked for. */
  expects(piece: Uint8Array): boolean;
  receive(message: FileToolMessage, nowMs: number): 'taken' | 'unreadable' | 'flood';
}

const TICK_MS = 500;

/** The browser holds no more than this for the line; the rest waits here as what it is, a document. */
const BUFFERED_BYTES_MAX = 16 * FRAME_BYTES_MAX;
const BUFFERED_BYTES_LOW = 4 * FRAME_BYTES_MAX;

/** Of a file the browser holds no more than this: an edit waits for nothing else. */
const FILE_BUFFERED_BYTES_MAX = 8 * FRAME_BYTES_MAX;

const EARLY_OFFERS_MAX = 100;

/** How long a question for more of a file waits for its share of the line. */
const HELD_MS = 40;

/** A hand draws 60 times a second; a document of the largest size comes in 550 frames. Above this, frames are dropped. */
const FRAMES = { most: 2_000, perSecond: 250 };
const BYTES = { most: 16 * 1_048_576, perSecond: 1_048_576 };

const NOWHERE = new Uint8Array();

export class ToolLine {
  private channel: ToolChannel | null = null;
  private reader = new FrameReader();
  private frames: Iterator<Uint8Array<ArrayBuffer>> | null = null;
  private number = 0;
  /** What this page's sign says, and whether the other page is to be told. */
  private isListening = false;
  private isSignDue = false;
  /** What the other page's sign says; false while there is no channel. */
  hasListener = false;
  /** Hears what the other person shows: where they point on the board, and where to look. */
  onShown: (shown: Shown) => void = () => undefined;
  /** What is to be shown to them: of each kind the newest. */
  private readonly toShow = new Map<Shown['kind'], Shown>();
  readonly captions = new CaptionTalk(() => this.send());
  readonly recording = new RecordingTalk(() => this.send());
  private files: FileTraffic | null = null;
  /** Offers that came before what takes them was loaded. */
  private earlyOffers: FileToolMessage[] = [];
  private heldTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly framesLeft = new Allowance(FRAMES);
  private readonly bytesLeft = new Allowance(BYTES);
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(
    private readonly sync: DocumentSync,
    private readonly clock: () => number,
    private readonly notify: (notice: 'flood' | 'unreadable') => void,
    private readonly onTick: () => void,
  ) {
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  /** Talk over *channel* from now on; null where there is none. */
  use(channel: ToolChannel | null): void {
    this.leave();
    this.channel = channel;
    if (!channel) return;
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = BUFFERED_BYTES_LOW;
    channel.onmessage = ({ data }) => this.receive(data);
    channel.onbufferedamountlow = () => this.send();
    channel.onclose = () => this.leave();
    channel.onopen = () => this.begin();
    if (channel.readyState === 'open') this.begin();
  }

  /** Send what there is to send, as far as there is room. */
  send(): void {
    const { channel } = this;
    if (channel?.readyState !== 'open') return;
    try {
      while (channel.bufferedAmount < BUFFERED_BYTES_MAX) {
        const frame = this.nextFrame(channel);
        if (!frame) break;
        channel.send(frame);
      }
    } catch {
      this.leave(); // it has closed at this moment
    }
    clearTimeout(this.heldTimer);
    if (this.files?.isHeld) this.heldTimer = setTimeout(() => this.send(), HELD_MS);
  }

  /** Carry *files*, too, from now on. */
  carry(files: FileTraffic): void {
    this.files = files;
    if (this.channel?.readyState === 'open') files.open();
    for (const offer of this.earlyOffers.splice(0)) this.receiveOfFiles(offer, this.clock());
    this.send();
  }

  /** The person hears again what the other said last, or no longer. */
  setListening(isListening: boolean): void {
    if (isListening === this.isListening) return;
    this.isListening = isListening;
    this.isSignDue = true;
    this.send();
  }

  /** Show the other person something as soon as there is room; what waits of its kind is out of date. */
  show(shown: Shown): void {
    if (!this.channel) return;
    this.toShow.set(shown.kind, shown);
    this.send();
  }

  stop(): void {
    clearInterval(this.timer);
    clearTimeout(this.heldTimer);
    this.leave();
  }

  private begin(): void {
    this.sync.open(this.clock());
    this.isSignDue = this.isListening;
    this.captions.greet();
    this.recording.greet();
    this.files?.open();
    this.send();
  }

  private leave(): void {
    const { channel } = this;
    if (!channel) return;
    channel.onmessage = channel.onbufferedamountlow = channel.onclose = channel.onopen = null;
    this.channel = this.frames = null;
    this.hasListener = false;
    this.toShow.clear();
    this.onShown({ kind: 'pointer', bytes: NOWHERE });
    this.reader = new FrameReader();
    this.files?.close();
    this.sync.close(this.clock());
    this.recording.lose(this.clock());
  }

  private tick(): void {
    // A connection that this page closes takes its channel with it, and no event tells (W3C WebRTC §4.4.3, close).
    if (this.channel?.readyState === 'closed') this.leave();
    const nowMs = this.clock();
    this.sync.tick(nowMs);
    if (this.sync.isMissing(nowMs)) this.recording.lose(nowMs);
    this.recording.tick(nowMs);
    this.files?.tick(nowMs);
    this.send();
    this.onTick();
  }

  private nextFrame(channel: ToolChannel): Uint8Array<ArrayBuffer> | null {
    const piece = this.frames?.next();
    if (piece && !piece.done) return piece.value;
    const nowMs = this.clock();
    const message =
      this.takeSign() ??
      this.recording.next(nowMs) ??
      this.captions.next(nowMs) ??
      this.sync.next(nowMs) ??
      this.takeShown() ??
      this.takeOfFiles(channel);
    this.frames = message && writeFrames(message, this.number);
    this.number += 1;
    return message ? this.nextFrame(channel) : null;
  }

  /** What is of files comes after everything else, and never fills what the browser holds. */
  private takeOfFiles({ bufferedAmount }: ToolChannel): ToolMessage | null {
    const word = this.files?.takeWord(this.clock());
    return word ?? (bufferedAmount < FILE_BUFFERED_BYTES_MAX ? (this.files?.takePiece() ?? null) : null);
  }

  private takeSign(): ToolMessage | null {
    if (!this.isSignDue) return null;
    this.isSignDue = false;
    return { kind: 'listening', isOn: this.isListening };
  }

  /** After the edits: what was just drawn is in the document before the pen is gone. */
  private takeShown(): Shown | null {
    const [shown = null] = this.toShow.values();
    if (shown) this.toShow.delete(shown.kind);
    return shown;
  }

  private receive(data: unknown): void {
    const nowMs = this.clock();
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : null;
    // Text, and what is longer than a frame, costs as much as the longest.
    const length = bytes?.byteLength ?? FRAME_BYTES_MAX;
    // What this page has asked for, it has paid for with its question.
    const piece = bytes && pieceOf(bytes);
    const isAsked = piece !== null && this.files?.expects(piece) === true;
    if (!isAsked && (!this.framesLeft.take(1, nowMs) || !this.bytesLeft.take(length, nowMs))) {
      this.drop('flood');
      return;
    }
    const received = bytes ? this.reader.receive(bytes) : ({ kind: 'unreadable' } as const);
    if (isOfFile(received)) {
      this.receiveOfFiles(received, nowMs);
      return;
    }
    switch (received.kind) {
      case 'unreadable':
        this.drop('unreadable');
        return;
      case 'piece':
        this.sync.receivePiece(nowMs);
        return;
      case 'unknown':
        return;
      case 'listening':
        this.hasListener = received.isOn;
        return;
      case 'pointer':
      case 'look-here':
      case 'look-tab':
        this.sync.receive(received, nowMs);
        this.onShown(received);
        return;
      case 'caption':
      case 'captioning':
        if (!this.captions.receive(received.kind, received.bytes, nowMs)) this.notify('unreadable');
        return;
      case 'recording':
      case 'recording-answer':
        if (!this.recording.receive(received.kind, received.bytes, nowMs)) this.notify('unreadable');
        return;
      default:
        if (received.kind === 'hello') this.greet(received.wantsAnswer);
        this.sync.receive(received, nowMs);
        this.send();
    }
  }

  /** Their tools may have been loading when the signs were given. */
  private greet(isNew: boolean): void {
    this.isSignDue ||= this.isListening;
    this.captions.greet();
    this.recording.greet();
    if (isNew) this.files?.greet();
  }

  private receiveOfFiles(message: FileToolMessage, nowMs: number): void {
    this.sync.receivePiece(nowMs);
    const { files } = this;
    if (files) {
      const taken = files.receive(message, nowMs);
      if (taken !== 'taken') this.notify(taken);
      this.send();
    } else if (message.kind === 'file-offer' && this.earlyOffers.length < EARLY_OFFERS_MAX)
      this.earlyOffers.push(message);
  }

  private drop(why: 'flood' | 'unreadable'): void {
    this.notify(why);
    this.sync.fallBehind();
  }
}
