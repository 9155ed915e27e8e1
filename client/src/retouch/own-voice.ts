// Decides whether the own sound is cleaned: as the person chose it, never in music mode. Law: what fails is switched off, said once,
// and stays off until it is chosen again.

import type { Chosen, DeviceChoices } from '../call/media/device-choices';
import type { Devices } from '../call/media/devices';
import { process } from '../call/media/open-devices';
import { type CleanerTrouble, VoiceCleaner } from './voice-cleaner';

/** RNNoise knows no other rate. */
const RATE_HZ = 48_000;

/** `paused`: the browser has stopped the sound, which may go on by itself. */
export type VoiceNews = CleanerTrouble | 'paused' | null;

interface VoicePort {
  readonly devices: Pick<Devices, 'retouch' | 'tracks'>;
  readonly choices: Pick<DeviceChoices, 'get' | 'set' | 'subscribe'>;
  readonly keepRunning: (context: AudioContext) => () => void;
  readonly tell: (news: VoiceNews) => void;
}

/** Tell whether this browser can do it at all. */
export function canCleanVoice(): boolean {
  return typeof AudioWorkletNode === 'function' && typeof WebAssembly === 'object';
}

export class OwnVoice {
  /** Counts the beginnings: what an earlier one opened comes too late. */
  private attempts = 0;
  private isWanted = false;
  private cleaner: VoiceCleaner | null = null;

  constructor(private readonly port: VoicePort) {
    port.choices.subscribe((chosen) => this.follow(chosen));
    this.follow(port.choices.get());
  }

  private follow({ removesNoise, isMusic }: Chosen): void {
    const isWanted = removesNoise && !isMusic && canCleanVoice();
    if (isWanted === this.isWanted) return;
    this.isWanted = isWanted;
    this.attempts += 1;
    if (isWanted) void this.begin(this.attempts);
    else this.end();
  }

  private async begin(attempt: number): Promise<void> {
    const { port } = this;
    const isCurrent = () => attempt === this.attempts;
    port.tell(null);
    const context = makeContext();
    if (!context) return this.fail('rate');
    try {
      const cleaner = await VoiceCleaner.open(context, {
        keepRunning: port.keepRunning,
        onChange: (isCleaning) => isCurrent() && this.send(isCleaning),
        onTrouble: (trouble) => isCurrent() && this.fail(trouble),
      });
      if (!isCurrent()) return cleaner.close();
      this.cleaner = cleaner;
    } catch {
      void context.close().catch(() => undefined);
      if (isCurrent()) this.fail('failed');
      return;
    }
    this.send(null);
  }

  /** *isCleaning*: null is not known yet. */
  private send(isCleaning: boolean | null): void {
    const { cleaner, port } = this;
    if (!cleaner) return;
    port.devices.retouch('audio', (track) => {
      const sent = cleaner.take(track);
      this.leaveNoise(track, sent !== track);
      return sent;
    });
    if (isCleaning !== null) port.tell(isCleaning ? null : 'paused');
  }

  private end(): void {
    const { cleaner } = this;
    this.cleaner = null;
    this.port.devices.retouch('audio', null);
    this.leaveNoise(this.port.devices.tracks.audio, false);
    cleaner?.close();
  }

  /** The browser suppresses the noise exactly while nothing else does. */
  private leaveNoise(track: MediaStreamTrack | null, isCleaned: boolean): void {
    if (track) void process(track, this.port.choices.get().isMusic, isCleaned);
  }

  private fail(trouble: CleanerTrouble): void {
    this.port.choices.set({ removesNoise: false });
    this.port.tell(trouble);
  }
}

/** Null where the browser makes none of this rate. */
function makeContext(): AudioContext | null {
  try {
    const context = new AudioContext({ sampleRate: RATE_HZ });
    if (context.sampleRate === RATE_HZ) return context;
    void context.close();
  } catch {
    // Said by the caller.
  }
  return null;
}
