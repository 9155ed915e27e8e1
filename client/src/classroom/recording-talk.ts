// The recording as the two pages speak of it: the question, the answer, and what is recorded. Pure. Each page says how things stand,
// and says it again to a page that is new on the line, so that no lost message leaves a recording without a sign.

import {
  type Answer,
  readAnswer,
  readWish,
  type Said,
  type Wish,
  writeAnswer,
  writeWish,
} from './recording-frame';
import {
  ANSWER_MS_MAX,
  AWAY_MS_MAX,
  endOf,
  RECORDING_NEXT,
  type RecordingEnd,
  type RecordingEvent,
  type RecordingState,
  restAfter,
} from './recording-rules';
import type { ToolMessage } from './tool-frames';

/** How often a page whose recording is held says that it records, until the other page answers that it shows the sign. */
const AGAIN_MS = 2_000;

const WISH_OF: Readonly<Partial<Record<RecordingState, Wish>>> = {
  asking: 'asks',
  recording: 'records',
  held: 'records',
};

/** The states in which the other page has to be heard of. */
const HEARS: ReadonlySet<RecordingState> = new Set(['asked', 'recording', 'held', 'recorded']);

/** Questions that ended without a yes, of one side. */
class Rest {
  private questions = 0;
  private untilMs = Number.NEGATIVE_INFINITY;

  begin(nowMs: number): void {
    this.questions += 1;
    this.untilMs = nowMs + restAfter(this.questions);
  }

  isOver(nowMs: number): boolean {
    return nowMs >= this.untilMs;
  }
}

export class RecordingTalk {
  state: RecordingState = 'off';
  /** How the last one ended; null where there was none, or another has begun. */
  end: RecordingEnd | null = null;
  /** The platform shows recordings, and the page can ask its person; before that every question gets a no. */
  mayBeAsked = false;
  /** Hears of every change of the state. */
  onChange: (before: RecordingState) => void = () => undefined;
  /** Hears the number of the recording to which the person has said yes; null when that is over. */
  onAgreed: (id: number | null) => void = () => undefined;

  private ownId: number | null = null;
  private theirId: number | null = null;
  /** The yes of this person, which outlives a reload of their page. */
  private agreedId: number | null = null;
  private askedMs = 0;
  private restoredMs = 0;
  /** Since when the other page has not been heard of; null while it is. */
  private lostMs: number | null = null;
  private wishSaidMs = Number.NEGATIVE_INFINITY;
  private isWishDue = false;
  private answer: Said<Answer> | null = null;
  private readonly ownRest = new Rest();
  private readonly theirRest = new Rest();

  /** *onDue* hears that there is something to send. */
  constructor(private readonly onDue: () => void) {}

  /** Tell whether a question may be asked now. */
  canAsk(nowMs: number): boolean {
    return this.state === 'off' && this.ownRest.isOver(nowMs);
  }

  /** Ask the other person; *id* is a number (32 bits) that no earlier recording had. */
  ask(id: number, nowMs: number): void {
    if (!this.canAsk(nowMs)) return;
    this.ownId = id;
    this.askedMs = nowMs;
    this.go('ask', nowMs);
  }

  /** The person says yes to what the other page asked, for this one recording. */
  agree(nowMs: number): void {
    if (this.state !== 'asked' || this.theirId === null) return;
    this.remember(this.theirId);
    this.reply('yes', this.theirId);
    this.go('agree', nowMs);
    // Whoever asked may be gone: the sign stays where they say that they record.
    this.lostMs = nowMs;
  }

  decline(nowMs: number): void {
    if (this.state !== 'asked' || this.theirId === null) return;
    this.reply('no', this.theirId);
    this.go('decline', nowMs);
  }

  /** End what there is: the own question or recording, or the other's recording. */
  stop(nowMs: number): void {
    if (this.state === 'recorded' && this.theirId !== null) this.reply('no', this.theirId);
    this.go('stop', nowMs);
  }

  /** The file of the own recording is finished. */
  finish(nowMs: number): void {
    this.go('saved', nowMs);
  }

  /** The person said yes to this recording before the page was loaded anew; nobody who is away for long relies on it. */
  restore(agreedId: number, nowMs: number): void {
    if (this.state !== 'off') return;
    this.agreedId = agreedId;
    this.restoredMs = nowMs;
  }

  /** There is a channel, or the other page is new on it: it knows nothing yet. */
  greet(): void {
    this.isWishDue ||= this.wish.word !== 'none';
  }

  /** The other page is out of reach at *nowMs*. */
  lose(nowMs: number): void {
    if (!HEARS.has(this.state)) return;
    this.lostMs ??= nowMs;
    this.go('lost', nowMs);
  }

  tick(nowMs: number): void {
    if (this.state === 'asking' && nowMs - this.askedMs >= ANSWER_MS_MAX) this.go('late', nowMs);
    if (this.lostMs !== null && nowMs - this.lostMs >= AWAY_MS_MAX) this.go('late', nowMs);
    if (this.state === 'held' && nowMs - this.wishSaidMs >= AGAIN_MS) this.isWishDue = true;
    if (this.state === 'off' && nowMs - this.restoredMs >= AWAY_MS_MAX) this.remember(null);
  }

  /** Return what is to be sent next. */
  next(nowMs: number): ToolMessage | null {
    if (this.isWishDue) {
      this.isWishDue = false;
      this.wishSaidMs = nowMs;
      return { kind: 'recording', bytes: writeWish(this.wish) };
    }
    const { answer } = this;
    this.answer = null;
    return answer && { kind: 'recording-answer', bytes: writeAnswer(answer) };
  }

  /** Take in what the other page says; returns whether it could be read. */
  receive(kind: 'recording' | 'recording-answer', bytes: Uint8Array, nowMs: number): boolean {
    if (kind === 'recording-answer') {
      const answer = readAnswer(bytes);
      if (answer) this.hearAnswer(answer, nowMs);
      return answer !== null;
    }
    const wish = readWish(bytes);
    if (wish?.word === 'none') this.go('they-end', nowMs);
    if (wish?.word === 'asks') this.hearQuestion(wish.id, nowMs);
    if (wish?.word === 'records') this.hearRecording(wish.id, nowMs);
    return wish !== null;
  }

  private get wish(): Said<Wish> {
    return { word: WISH_OF[this.state] ?? 'none', id: this.ownId ?? 0 };
  }

  /** A word about another recording than the present one comes too late. */
  private hearAnswer({ word, id }: Said<Answer>, nowMs: number): void {
    if (id !== this.ownId) return;
    if (word === 'yes') this.go('they-agree', nowMs);
    if (word === 'no') this.go('they-decline', nowMs);
  }

  private hearQuestion(id: number, nowMs: number): void {
    if (this.state === 'asked') {
      // The same question to the person, whatever number it has.
      this.theirId = id;
      this.lostMs = null;
    } else if (this.state === 'recorded' && id === this.theirId) this.reply('yes', id);
    else if (this.state === 'asking') this.meetQuestion(id, nowMs);
    else if (this.state === 'off' && this.mayBeAsked && this.theirRest.isOver(nowMs)) {
      this.theirId = id;
      this.go('they-ask', nowMs);
    } else this.reply('no', id);
  }

  /** Both ask at once: the question with the lower number stands, on both pages. */
  private meetQuestion(id: number, nowMs: number): void {
    if (!this.mayBeAsked) this.reply('no', id);
    else if (this.ownId !== null && id < this.ownId) {
      this.theirId = id;
      this.go('they-ask', nowMs);
    }
  }

  /** Say yes once more while the sign is shown, and no to what the person has not agreed to. */
  private hearRecording(id: number, nowMs: number): void {
    if (id === this.agreedId && this.mayBeAsked) {
      this.theirId = id;
      this.go('they-record', nowMs);
    }
    const isShown = this.state === 'recorded' && id === this.theirId && id === this.agreedId;
    if (isShown) this.lostMs = null;
    this.reply(isShown ? 'yes' : 'no', id);
  }

  private reply(word: Answer, id: number): void {
    this.answer = { word, id };
    this.onDue();
  }

  private remember(id: number | null): void {
    if (id === this.agreedId) return;
    this.agreedId = id;
    this.onAgreed(id);
  }

  private go(event: RecordingEvent, nowMs: number): void {
    const before = this.state;
    const state = RECORDING_NEXT[before][event];
    if (!state) return;
    const wished = this.wish.word;
    this.state = state;
    this.end = endOf(before, event);
    if (state !== 'held') this.lostMs = null;
    if (state === 'off' && before === 'asking') this.ownRest.begin(nowMs);
    if (state === 'off' && before === 'asked') this.theirRest.begin(nowMs);
    this.isWishDue ||= this.wish.word !== wished;
    if (state === 'off' || state === 'asked' || state === 'stopping') this.ownId = null;
    if (state === 'off') {
      this.theirId = null;
      this.remember(null);
    }
    this.onChange(before);
    this.onDue();
  }
}
