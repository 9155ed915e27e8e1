// What one hears again: a copy of what was kept when the button was pressed, the part of it that is played, and how. Law: the call is
// quiet, and the other person's sign on, exactly while something is played.

import { type Signal, signal } from '@preact/signals';
import { fadeEnds, slowDown } from '../../classroom/slow-speech';
import {
  type Edge,
  lastPart,
  moveEdge,
  PART_MS_MIN,
  partBetween,
  type SoundPart,
} from '../../classroom/sound-part';
import { type Recording, toFloats } from '../../classroom/voice-ring';

export const SPEEDS = [1, 0.75, 0.5] as const;
export type Speed = (typeof SPEEDS)[number];

/** `empty`: nothing was kept, or it was forgotten. */
export type AgainState = 'closed' | 'fetching' | 'empty' | 'resting' | 'playing';

export type AgainEvent = 'pressed' | 'came' | 'nothing' | 'played' | 'ended' | 'forgot' | 'closed';

/** What follows what; an event without a row changes nothing. */
export const AGAIN_NEXT: Readonly<Record<AgainState, Readonly<Partial<Record<AgainEvent, AgainState>>>>> = {
  closed: { pressed: 'fetching' },
  fetching: { pressed: 'fetching', came: 'playing', nothing: 'empty', forgot: 'empty', closed: 'closed' },
  empty: { pressed: 'fetching', closed: 'closed' },
  resting: { pressed: 'fetching', played: 'playing', forgot: 'empty', closed: 'closed' },
  playing: { pressed: 'fetching', played: 'playing', ended: 'resting', forgot: 'empty', closed: 'closed' },
};

export interface AgainView {
  readonly state: AgainState;
  readonly recording: Recording | null;
  readonly part: SoundPart;
  readonly speed: Speed;
  readonly isLooping: boolean;
}

/** What it works with. */
export interface AgainPorts {
  readonly read: () => Promise<Recording | null>;
  readonly forget: () => void;
  readonly player: {
    readonly playedSeconds: number;
    readonly play: (
      samples: Float32Array<ArrayBuffer>,
      rateHz: number,
      isLooping: boolean,
      onEnd: () => void,
    ) => Promise<void>;
    readonly stop: () => void;
  };
  /** Make the call quiet, or not. */
  readonly duck: (isQuiet: boolean) => void;
  /** Show the other person the sign, or take it away. */
  readonly tell: (isListening: boolean) => void;
}

export class SayAgain {
  readonly view: Signal<AgainView> = signal({
    state: 'closed',
    recording: null,
    part: { fromMs: 0, toMs: 0 },
    speed: 1,
    isLooping: false,
  });
  /** Counts the presses: what an earlier one brings is out of date. */
  private presses = 0;

  constructor(private readonly ports: AgainPorts) {}

  /** Play the last seconds of what is kept now. */
  async press(): Promise<void> {
    this.presses += 1;
    const { presses } = this;
    this.go('pressed', { recording: null });
    const recording = await this.ports.read();
    if (presses !== this.presses) return;
    const lengthMs = recording ? lengthOf(recording) : 0;
    if (lengthMs < PART_MS_MIN) this.go('nothing', {});
    else this.go('came', { recording, part: lastPart(lengthMs) });
  }

  play(): void {
    this.go('played', {});
  }

  stop(): void {
    this.go('ended', {});
  }

  /** Play the part between two places, or the seconds from a single one. */
  choose(oneMs: number, otherMs: number): void {
    this.go('played', { part: partBetween(oneMs, otherMs, this.lengthMs) });
  }

  /** Show what `choose` would play. What is being played ends. */
  preview(oneMs: number, otherMs: number): void {
    this.show(partBetween(oneMs, otherMs, this.lengthMs));
  }

  /** Move one edge of the part. What is being played ends. */
  move(edge: Edge, ms: number): void {
    this.show(moveEdge(this.view.value.part, edge, ms, this.lengthMs));
  }

  setSpeed(speed: Speed): void {
    this.change({ speed });
  }

  setLooping(isLooping: boolean): void {
    this.change({ isLooping });
  }

  /** Keep nothing of what the other has said up to now, here and in the memory that goes on filling. */
  forget(): void {
    this.presses += 1;
    this.ports.forget();
    this.go('forgot', { recording: null });
  }

  close(): void {
    this.presses += 1;
    this.go('closed', { recording: null });
  }

  /** The length of the recording, ms. */
  get lengthMs(): number {
    const { recording } = this.view.value;
    return recording ? lengthOf(recording) : 0;
  }

  /** Where in the recording one hears just now, ms; null while nothing is played. */
  get placeMs(): number | null {
    const { state, part, speed } = this.view.value;
    if (state !== 'playing') return null;
    const playedMs = this.ports.player.playedSeconds * 1_000 * speed;
    return part.fromMs + (playedMs % (part.toMs - part.fromMs));
  }

  private show(part: SoundPart): void {
    this.go('ended', {});
    if (this.view.value.state === 'resting') this.view.value = { ...this.view.value, part };
  }

  /** Change how it is played. What is being played begins again. */
  private change(changes: Partial<AgainView>): void {
    if (this.view.value.state === 'playing') this.go('played', changes);
    else this.view.value = { ...this.view.value, ...changes };
  }

  private go(event: AgainEvent, changes: Partial<AgainView>): void {
    const before = this.view.value.state;
    const state = AGAIN_NEXT[before][event];
    if (!state) return;
    this.view.value = { ...this.view.value, ...changes, state };
    if (state === 'playing') this.begin(before !== 'playing');
    else if (before === 'playing') this.end();
  }

  private begin(isFirst: boolean): void {
    const { recording, part, speed, isLooping } = this.view.value;
    if (!recording) return;
    if (isFirst) {
      this.ports.duck(true);
      this.ports.tell(true);
    }
    const [from, to] = [part.fromMs, part.toMs].map((ms) => Math.round((ms * recording.rateHz) / 1_000));
    const samples = slowDown(toFloats(recording.samples.subarray(from, to)), speed, recording.rateHz);
    fadeEnds(samples, recording.rateHz);
    const stop = () => this.go('ended', {});
    this.ports.player.play(samples, recording.rateHz, isLooping, stop).catch(stop);
  }

  private end(): void {
    this.ports.player.stop();
    this.ports.duck(false);
    this.ports.tell(false);
  }
}

function lengthOf({ samples, rateHz }: Recording): number {
  return Math.floor((samples.length * 1_000) / rateHz);
}
