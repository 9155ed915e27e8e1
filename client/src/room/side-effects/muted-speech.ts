// Tells a person who speaks with the microphone off that nobody hears them, and measures the own voice for the page.

import { computed, effect } from '@preact/signals';
import { t } from '../../i18n/lazy-words';
import { announce } from '../../ui/LiveRegion';
import { amplitudeOf, watchLevel } from '../devices/sound';
import { isSpeakingMuted } from '../store/notice-state';
import { call, devices, stage, state } from '../store/room-store';

const LEVEL_EVERY_MS = 150;

const LOUD_LEVEL = 0.45;
const LOUD_COUNT = 4;
const WITHIN_MS = 4_000;
const SILENCE_MS = 4_000;

/** Tells speech from noise: a door is loud once, a sentence is loud again and again. */
export class MutedSpeech {
  private loud: number[] = [];
  private isSpeaking = false;

  /** Take one level (0 to 1) at *nowMs*; returns whether somebody speaks, until they have been silent for a while. */
  receive(level: number, nowMs: number): boolean {
    if (level >= LOUD_LEVEL) this.loud.push(nowMs);
    this.loud = this.loud.filter((at) => nowMs - at < WITHIN_MS);
    const last = this.loud[this.loud.length - 1] ?? Number.NEGATIVE_INFINITY;
    this.isSpeaking = this.isSpeaking ? nowMs - last < SILENCE_MS : this.loud.length >= LOUD_COUNT;
    return this.isSpeaking;
  }
}

export function startMutedSpeech(): void {
  let end: (() => void) | null = null;
  const isMuted = computed(() => stage.value === 'live' && !state.value.me.audio);
  const listen = () => {
    end?.();
    end = null;
    isSpeakingMuted.value = false;
    if (!isMuted.value) return;
    const track = devices.tracks.audio;
    if (!track) return void devices.openMuted();
    const speech = new MutedSpeech();
    end = watchLevel(track, LEVEL_EVERY_MS, (level) => {
      isSpeakingMuted.value = speech.receive(level, Date.now());
    });
  };
  effect(listen);
  effect(() => {
    if (isSpeakingMuted.value) announce('muted', t('notice.speaking-muted'));
  });
  devices.subscribe({ onTrack: (kind) => kind === 'audio' && listen() });
}

/** Measure the own voice for a call whose browser does not. It begins when the call first asks. */
export function measureOwnVoice(): void {
  let heard = 0;
  let end: (() => void) | null = null;
  const listen = () => {
    end?.();
    heard = 0;
    const track = devices.tracks.audio;
    end =
      track &&
      watchLevel(track, LEVEL_EVERY_MS, (level) => {
        heard = amplitudeOf(level);
      });
  };
  devices.subscribe({ onTrack: (kind) => kind === 'audio' && end && listen() });
  call.media.voiceMeter = () => {
    if (!end) listen();
    return heard;
  };
}
