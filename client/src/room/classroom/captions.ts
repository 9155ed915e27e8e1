// The captions of this page: what the other says, and what the own browser writes of the own words. Law: a recogniser runs exactly
// while its person has agreed, the microphone is on, and somebody is there.

import { type Signal, signal } from '@preact/signals';
import { Allowance } from '../../classroom/allowance';
import { type Caption, cleanLine, divideCaption, keepEnd } from '../../classroom/caption-frame';
import { type CaptionLog, EMPTY_LOG } from '../../classroom/caption-log';
import type { CaptionSign, CaptionTalk } from '../../classroom/caption-talk';
import type { Found } from '../../classroom/recogniser-rules';
import { CAPTIONING_NEXT, type CaptioningEvent, type CaptioningState, WRITING_OF } from './captioning';

export interface CaptionsView {
  readonly state: CaptioningState;
  readonly found: Found | null;
  /** The other person asked; else it is the own wish. */
  readonly isAsked: boolean;
  readonly log: CaptionLog;
  readonly theirs: CaptionSign;
  /** Something of theirs is not shown, or not whole. */
  readonly hasDropped: boolean;
  /** What the own recogniser hears (ISO 639-1). */
  readonly language: string;
}

/** What a recogniser tells. */
export interface Heard {
  readonly onInterim: (text: string) => void;
  readonly onFinal: (text: string) => void;
  readonly onGivenUp: () => void;
}

/** What it works with. */
export interface CaptionPorts {
  readonly isReading: Signal<boolean>;
  readonly findWay: (language: string) => Promise<Found | null>;
  readonly install: (tag: string) => Promise<boolean>;
  readonly makeRecogniser: (
    found: Found,
    heard: Heard,
  ) => { readonly start: () => void; readonly stop: () => void };
  readonly clock: () => number;
  /** Load the tools, over whose channel all of it goes. */
  readonly openTools: () => void;
}

/** The other may ask five times at once, and then once a minute: whoever said no is left alone. In seconds. */
const QUESTION = 60;
const QUESTIONS = { most: 5 * QUESTION, perSecond: 1 };

type Talk = Pick<CaptionTalk, 'log' | 'theirs' | 'hasDropped' | 'onChange' | 'setOwn' | 'say'>;

export class Captions {
  readonly view: Signal<CaptionsView>;
  private talk: Talk | null = null;
  private recogniser: ReturnType<CaptionPorts['makeRecogniser']> | null = null;
  /** There is somebody who hears, and a microphone that is on. */
  private isHeard = false;
  /** Counts what was begun: what an earlier one brings is out of date. */
  private attempts = 0;
  private number = 0;
  private saying = '';
  /** Who closes the captions keeps them closed, also when the other begins again. */
  private hasOpened = false;
  private readonly questionsLeft = new Allowance(QUESTIONS);

  constructor(
    private readonly ports: CaptionPorts,
    language: string,
  ) {
    const theirs = { isWanted: false, writing: 'off' } as const;
    this.view = signal({
      state: 'off',
      found: null,
      isAsked: false,
      log: EMPTY_LOG,
      theirs,
      hasDropped: false,
      language,
    });
  }

  /** Speak with the other page over *talk* from now on. */
  connect(talk: Talk): void {
    this.talk = talk;
    talk.onChange = () => this.take(talk);
    this.take(talk);
    this.tell();
  }

  /** Tell the other page what this one wants and does. */
  tell(): void {
    const isWanted = this.ports.isReading.value;
    this.hasOpened ||= isWanted;
    this.talk?.setOwn({ isWanted, writing: WRITING_OF[this.view.value.state] });
    if (isWanted) this.ports.openTools();
  }

  /** The person wants their own words written. */
  wish(): void {
    this.ports.openTools();
    this.look('wished');
  }

  /** The person has agreed; called from a press. */
  agree(): void {
    const { found } = this.view.value;
    if (!found) return;
    if (found.way !== 'download') {
      this.go('agreed', {});
      return;
    }
    this.go('fetching', {});
    const attempt = this.begin();
    void this.ports.install(found.tag).then((isThere) => {
      if (attempt === this.attempts) this.go(isThere ? 'agreed' : 'failed', {});
    });
  }

  decline(): void {
    this.go('declined', {});
  }

  stop(): void {
    this.begin();
    this.go('stopped', {});
  }

  /** Write *language* from now on. Another one may need another way, and another yes. */
  setLanguage(language: string): void {
    const isBusy = this.view.value.state !== 'off' && this.view.value.state !== 'declined';
    const { isAsked } = this.view.value;
    if (isBusy) this.stop();
    this.view.value = { ...this.view.value, language };
    if (isBusy) this.look(isAsked ? 'asked' : 'wished');
  }

  /** Let the recogniser run, or not: the microphone is on and somebody is there, or not. */
  setHeard(isHeard: boolean): void {
    if (isHeard === this.isHeard) return;
    this.isHeard = isHeard;
    if (isHeard) this.recogniser?.start();
    else this.rest();
  }

  /** The call has another microphone. */
  restart(): void {
    if (!this.recogniser || !this.isHeard) return;
    this.rest();
    this.recogniser.start();
  }

  private look(event: 'asked' | 'wished'): void {
    const before = this.view.value.state;
    this.go(event, { found: null, isAsked: event === 'asked' });
    if (before === this.view.value.state) return;
    const attempt = this.begin();
    void this.ports.findWay(this.view.value.language).then((found) => {
      if (attempt !== this.attempts) return;
      if (!found) this.go('missing', {});
      else if (found.way === 'device' && event === 'wished') this.go('ready', { found });
      else this.go('found', { found });
    });
  }

  private take({ log, theirs, hasDropped }: Talk): void {
    const before = this.view.value.theirs;
    this.view.value = { ...this.view.value, log, theirs, hasDropped };
    if (theirs.writing === 'on' && before.writing !== 'on' && !this.hasOpened)
      this.ports.isReading.value = true;
    if (theirs.isWanted === before.isWanted) return;
    if (theirs.isWanted) this.hearWish();
    else if (this.view.value.isAsked) this.stop();
  }

  private hearWish(): void {
    const isQuestion = CAPTIONING_NEXT[this.view.value.state].asked !== undefined;
    if (isQuestion && this.questionsLeft.take(QUESTION, this.ports.clock())) this.look('asked');
  }

  private begin(): number {
    this.attempts += 1;
    return this.attempts;
  }

  private go(event: CaptioningEvent, changes: Partial<CaptionsView>): void {
    const before = this.view.value.state;
    const state = CAPTIONING_NEXT[before][event];
    if (!state) return;
    this.view.value = { ...this.view.value, ...changes, state };
    if (before === 'on') this.endWriting();
    if (state === 'on') this.startWriting();
    this.tell();
  }

  private startWriting(): void {
    const { found } = this.view.value;
    if (!found) return;
    this.recogniser = this.ports.makeRecogniser(found, {
      onInterim: (text) => this.hearInterim(text),
      onFinal: (text) => this.hearFinal(text),
      onGivenUp: () => this.go('failed', {}),
    });
    if (this.isHeard) this.recogniser.start();
  }

  private endWriting(): void {
    this.rest();
    this.recogniser = null;
  }

  /** What is being said when the recogniser stops stays as it was heard so far. */
  private rest(): void {
    this.recogniser?.stop();
    if (this.saying !== '') this.hearFinal(this.saying);
  }

  private hearInterim(text: string): void {
    this.saying = keepEnd(cleanLine(text));
    this.say(this.saying, false);
  }

  private hearFinal(text: string): void {
    this.saying = '';
    for (const piece of divideCaption(cleanLine(text))) {
      this.say(piece, true);
      this.number += 1;
    }
  }

  private say(text: string, isFinal: boolean): void {
    const { found } = this.view.value;
    const caption: Caption = { number: this.number, isFinal, language: found?.tag ?? '', text };
    this.talk?.say(caption, this.ports.clock());
  }
}
