// The recording of this page's person: what the two pages agree on (recording-talk.ts), done. Law: a recorder runs exactly in the state
// `recording`, and whatever ends it, what there is goes to the person.

import { type Signal, signal } from '@preact/signals';
import type { RecordingEnd, RecordingState } from '../../classroom/recording-rules';
import type { RecordingTalk } from '../../classroom/recording-talk';

/** A file that was made, by this page or an earlier one. */
export interface Take {
  readonly name: string;
  readonly blob: Blob;
  /** It was offered as a download. */
  readonly isSaved: boolean;
  /** Delete it from this browser. */
  readonly remove: () => void;
}

/** What the person is told once: how it ended, or why nothing was begun. */
export type RecordingNews = RecordingEnd | 'rest' | 'full' | 'failed';

export interface RecordingView {
  readonly state: RecordingState;
  readonly news: RecordingNews | null;
  readonly takes: readonly Take[];
}

/** What is recorded at the moment. */
export interface Making {
  readonly pause: () => void;
  readonly resume: () => void;
  /** Resolves to the file; null where there is nothing in it. */
  readonly stop: () => Promise<Take | null>;
}

export interface RecordingPorts {
  readonly clock: () => number;
  /** A number (32 bits) that nobody can guess. */
  readonly makeId: () => number;
  /** Load the tools, over whose channel the question goes. */
  readonly openTools: () => void;
  readonly make: (onTrouble: (why: 'full' | 'failed') => void) => Promise<Making>;
  readonly save: (take: Take) => Promise<void>;
}

type Talk = Pick<
  RecordingTalk,
  'state' | 'end' | 'onChange' | 'canAsk' | 'ask' | 'agree' | 'decline' | 'stop' | 'finish'
>;

export class LessonRecording {
  readonly view: Signal<RecordingView> = signal({ state: 'off', news: null, takes: [] });
  private talk: Talk | null = null;
  private making: Promise<Making | null> | null = null;
  private trouble: RecordingNews | null = null;
  /** The person has pressed before the tools were there. */
  private isWished = false;

  constructor(private readonly ports: RecordingPorts) {}

  /** Speak with the other page over *talk* from now on. */
  connect(talk: Talk): void {
    this.talk = talk;
    talk.onChange = (before) => this.change(talk, before);
    this.show({ state: talk.state });
    if (this.isWished) this.ask();
  }

  /** Ask the other person, or end what there is. */
  press(): void {
    if (this.view.value.state === 'off') this.ask();
    else this.stop();
  }

  agree(): void {
    this.talk?.agree(this.ports.clock());
  }

  decline(): void {
    this.talk?.decline(this.ports.clock());
  }

  stop(): void {
    this.isWished = false;
    this.talk?.stop(this.ports.clock());
  }

  dismiss(): void {
    this.show({ news: null });
  }

  /** Offer *take*, which an earlier page has left. */
  offer(take: Take): void {
    this.show({ takes: [...this.view.value.takes, take] });
  }

  async save(take: Take): Promise<void> {
    await this.ports.save(take);
    const { takes } = this.view.value;
    this.show({ takes: takes.map((each) => (each === take ? { ...take, isSaved: true } : each)) });
  }

  remove(take: Take): void {
    take.remove();
    this.show({ takes: this.view.value.takes.filter((each) => each !== take) });
  }

  private ask(): void {
    const nowMs = this.ports.clock();
    this.isWished = this.talk === null;
    if (!this.talk) this.ports.openTools();
    else if (this.talk.canAsk(nowMs)) this.talk.ask(this.ports.makeId(), nowMs);
    else if (this.talk.state === 'off') this.show({ news: 'rest' });
  }

  private change(talk: Talk, before: RecordingState): void {
    const { state, end } = talk;
    if (state === 'recording' && before === 'asking') this.begin();
    if (state === 'recording' && before === 'held') void this.making?.then((making) => making?.resume());
    if (state === 'held') void this.making?.then((making) => making?.pause());
    const news = this.trouble ?? end ?? (before === 'stopping' ? this.view.value.news : null);
    this.show({ state, news });
    if (state === 'stopping') void this.finish(talk);
  }

  private begin(): void {
    this.trouble = null;
    this.making = this.ports
      .make((why) => this.fail(why))
      .catch(() => {
        this.fail('failed');
        return null;
      });
  }

  private fail(why: 'full' | 'failed'): void {
    this.trouble = why;
    this.stop();
  }

  private async finish(talk: Talk): Promise<void> {
    const making = await this.making;
    this.making = null;
    const take = await making?.stop().catch(() => null);
    if (take) {
      this.offer(take);
      await this.save(take).catch(() => undefined);
    }
    if (!take) this.trouble ??= 'failed';
    talk.finish(this.ports.clock());
    this.trouble = null;
  }

  private show(changes: Partial<RecordingView>): void {
    this.view.value = { ...this.view.value, ...changes };
  }
}
