// Plays on the speaker that the person chose. Law: nobody is left in silence: where that speaker is gone, or refused, the
// system's own plays until it is back.

import { findDevices, withTimeout } from '../../call/media/device-permissions';
import { pictureOf } from '../page/pictures';
import { devices } from '../store/room-store';
import { NOTICE_MS, showNotice } from './passing-notices';

/** What plays; an old Safari cannot play elsewhere than the system says. */
export interface Player {
  readonly setSinkId?: (id: string) => Promise<void>;
}

/** What is new about the chosen speaker. */
export interface SpeakerNews {
  readonly what: 'gone' | 'back';
  readonly label: string;
}

const SYSTEM_OWN = '';

export class Speaker {
  /** Chosen, and not there: what one hears comes from the system's own. */
  private missing: string | null = null;
  /** Counts the calls: what an earlier one comes to is out of date. */
  private attempts = 0;

  constructor(
    private readonly players: readonly Player[],
    private readonly tell: (news: SpeakerNews) => void,
  ) {}

  /** Play on the *chosen* speaker (null: the system's own), or on the system's own while that cannot be had. */
  async use(chosen: string | null): Promise<void> {
    this.attempts += 1;
    const own = this.attempts;
    const outputs = (await withTimeout(findDevices(), [])).filter(({ kind }) => kind === 'audiooutput');
    if (own !== this.attempts) return;
    const there = outputs.find(({ deviceId }) => deviceId === chosen);
    // Without permission a browser names none: then only trying tells.
    const isGone = chosen !== null && !there && outputs.some(({ deviceId }) => deviceId !== '');
    const refusal = isGone ? 'NotFoundError' : await this.play(chosen ?? SYSTEM_OWN);
    if (own !== this.attempts) return;
    if (chosen !== null && refusal !== null) await this.play(SYSTEM_OWN);
    // A browser that does not allow it says nothing about what is plugged in.
    this.note(chosen, refusal === 'NotFoundError', there?.label ?? '');
  }

  private note(chosen: string | null, isMissing: boolean, label: string): void {
    const before = this.missing;
    this.missing = isMissing ? chosen : null;
    if (isMissing && before !== chosen) this.tell({ what: 'gone', label });
    if (!isMissing && before !== null && before === chosen) this.tell({ what: 'back', label });
  }

  /** Returns the name of the refusal; null when all play there. */
  private async play(id: string): Promise<string | null> {
    try {
      await Promise.all(this.players.map((player) => player.setSinkId?.(id)));
      return null;
    } catch (error) {
      return (error as { name?: string }).name ?? '';
    }
  }
}

/** Play on the chosen speaker from now on. One that is gone stays chosen, and is used again when it is back. */
export function startSpeakerOutput(): void {
  const speaker = new Speaker([pictureOf('remote'), pictureOf('screen')], ({ what, label }) =>
    showNotice(what === 'gone' ? 'notice.speaker-gone' : 'notice.swapped.speaker', label, NOTICE_MS),
  );
  let used: string | null = null;
  const use = () => {
    const { speaker: chosen } = devices.choices.get();
    if (chosen === null && used === null) return;
    used = chosen;
    void speaker.use(chosen);
  };
  use();
  devices.choices.subscribe(use);
  // With the permission to use a microphone come the names of the speakers.
  devices.subscribe({ onTrack: use });
  navigator.mediaDevices?.addEventListener?.('devicechange', use);
}
