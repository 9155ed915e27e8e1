// How this page sends, for all connections of one call: what the person chose, and the limits that the line sets. Sans-I/O state.

import { sortCodecs } from './codec-choice';
import { VIDEO_BITRATE_MAX } from './rtc-config';
import { addWishes, tuneSound } from './sdp-edit';
import type { PictureLimits, SenderName, SendPlan } from './send-parameters';

/** What the person chose of it. */
export interface SendChoice {
  readonly isMusic: boolean;
  readonly isLowData: boolean;
}

export class SendControl {
  /** Null for as much as there is. */
  limits: PictureLimits | null = null;
  /** Tells a sender the plan; null until that is loaded. The first pictures are small (media-lines.ts). */
  tell: ((name: SenderName, sender: RTCRtpSender) => void) | null = null;

  /** *efficient*: the codecs that this browser does in hardware; null where nobody knows. */
  constructor(
    private choice: SendChoice,
    private readonly efficient: readonly string[] | null,
  ) {}

  get plan(): SendPlan {
    return { limits: this.limits, ...this.choice };
  }

  /** Whether more pixels of the camera would be sent. */
  get wantsMore(): boolean {
    return this.limits === null && !this.choice.isLowData;
  }

  /** Take what the person chose; tell whether it needs a negotiation: descriptions say it to both browsers. */
  choose(choice: SendChoice): boolean {
    const { isMusic, isLowData } = this.choice;
    this.choice = choice;
    return choice.isMusic !== isMusic || choice.isLowData !== isLowData;
  }

  /** Edit a description of the other side before it is applied; *hasScreenSound*: nothing of it is silence. */
  receiveDescription(type: RTCSdpType, sdp: string, hasScreenSound: boolean): string {
    const { isMusic, isLowData } = this.choice;
    const tuned = tuneSound(sdp, { isMusic: isMusic || hasScreenSound, isLowData });
    return type === 'offer' ? sortCodecs(tuned, this.efficient) : tuned;
  }

  /** Edit an own description before it is sent. */
  writeDescription(sdp: string): string {
    const { isLowData } = this.choice;
    return addWishes(sdp, {
      videoBitrateMax: isLowData ? VIDEO_BITRATE_MAX / 2 : null,
      efficient: this.efficient,
    });
  }
}

/** The browser's own choice (WICG Save-Data); only Chromium has it. */
export function savesData(): boolean {
  const { connection } = navigator as { readonly connection?: { readonly saveData?: boolean } };
  return connection?.saveData === true;
}
