// What a sender is told: bitrate, size, frame rate, and which of them gives way. The plan and the encodings are pure; `Senders`
// tells the browser. Loaded when the two are together.

import { MUSIC_BITRATE_MAX, SCREEN_BITRATE_MAX, VIDEO_BITRATE_MAX } from './rtc-config';

export type SenderName = 'audio' | 'video' | 'screen' | 'screen-audio';

/** How large the pictures are sent, and what is left for them. */
export interface PictureLimits {
  /** The picture is made no taller than this, pixels; 0 is no picture. */
  readonly height: number;
  readonly framesPerSecond: number;
  readonly bitrate: number;
  /** A shared screen keeps its sharpness, and loses frames; 0 is none at all. */
  readonly screenFramesPerSecond: number;
  /** Speech is sent with no more, bit/s; null leaves it to the browser (32 kbit/s). */
  readonly speechBitrate: number | null;
}

/** How everything is sent now. */
export interface SendPlan {
  /** Null for as much as there is: the ladder's highest rung. */
  readonly limits: PictureLimits | null;
  readonly isMusic: boolean;
  /** The person or their browser asks to use little data: half of everything. */
  readonly isLowData: boolean;
}

/** A quarter of the pixels of the largest picture looks better at half its bitrate. */
const LOW_DATA_HEIGHT_MAX = 360;

/** `codec` came years later than the others. */
type Encoding = RTCRtpEncodingParameters & { codec?: RTCRtpCodec };

/** What the plan decides of an encoding. A field that is left out is the browser's own choice. */
export type Wanted = Pick<
  Encoding,
  | 'active'
  | 'codec'
  | 'priority'
  | 'networkPriority'
  | 'maxBitrate'
  | 'maxFramerate'
  | 'scaleResolutionDownBy'
>;

/** Write how *name* is sent by *plan*; *height* is that of its picture before it is made smaller, pixels, where it is known. */
export function encodingOf(name: SenderName, plan: SendPlan, height: number | null = null): Wanted {
  const { limits } = plan;
  const parts = plan.isLowData ? 2 : 1;
  if (name === 'audio' || name === 'screen-audio') {
    const maxBitrate = plan.isMusic ? MUSIC_BITRATE_MAX : limits?.speechBitrate;
    const isLimited = name === 'audio' && maxBitrate;
    return { active: true, ...level('high'), ...(isLimited && { maxBitrate }) };
  }
  if (name === 'screen') {
    const maxBitrate = SCREEN_BITRATE_MAX / parts;
    const active = limits?.screenFramesPerSecond !== 0;
    return { active, ...level('medium'), maxBitrate, ...atMost(limits?.screenFramesPerSecond || undefined) };
  }
  const heightMax = Math.min(limits?.height || Infinity, plan.isLowData ? LOW_DATA_HEIGHT_MAX : Infinity);
  return {
    active: limits?.height !== 0,
    ...level('low'),
    maxBitrate: (limits?.bitrate ?? VIDEO_BITRATE_MAX) / parts,
    ...atMost(limits?.framesPerSecond),
    scaleResolutionDownBy: Math.max(1, (height ?? 0) / heightMax),
  };
}

/** W3C WebRTC Priority §3: the first divides the bitrate, the second marks packets for the routers (RFC 8837). */
function level(priority: RTCPriorityType): Pick<Wanted, 'priority' | 'networkPriority'> {
  return { priority, networkPriority: priority };
}

/** 30 a second is all that is captured: no limit is needed for it. */
function atMost(framesPerSecond = 30): Pick<Wanted, 'maxFramerate'> {
  return framesPerSecond < 30 ? { maxFramerate: framesPerSecond } : {};
}

/** Find another of the agreed *codecs* than the one that is used, for a picture that is not sent: a sender that changes its codec forgets
 * what it was asked to repeat (libwebrtc, `RecreateWebRtcStream`). Repetitions go first, so that on a line that has become thin they
 * held up every new picture for 8 s. Nothing is ever sent in it. */
export function spareCodec(codecs: readonly RTCRtpCodec[] = []): RTCRtpCodec | undefined {
  const [used, ...others] = codecs.filter(({ mimeType }) => PICTURES.test(mimeType));
  return others.find(({ mimeType }) => mimeType !== used?.mimeType);
}

const PICTURES = /^video\/(VP8|VP9|H264|AV1)$/i;

const PLANNED = [
  'active',
  'codec',
  'priority',
  'networkPriority',
  'maxBitrate',
  'maxFramerate',
  'scaleResolutionDownBy',
] as const satisfies readonly (keyof Wanted)[];

/** All that browsers before 2019 take: they refuse the whole change for a field that they do not have. */
const PLAIN = ['active', 'maxBitrate'] as const satisfies readonly (keyof Wanted)[];

/** Put the *fields* of *wanted* into *encoding*; tell whether that changes anything. */
export function changeEncoding(
  encoding: Encoding,
  wanted: Wanted,
  fields: readonly (keyof Wanted)[] = PLANNED,
): boolean {
  let isChanged = false;
  for (const field of fields) {
    const value = wanted[field];
    const isDefault = field === 'scaleResolutionDownBy' && value === 1 && encoding[field] === undefined;
    if (encoding[field] === value || isDefault) continue;
    isChanged = true;
    // Firefox refuses a field that is there and undefined.
    if (value === undefined) delete encoding[field];
    else Object.assign(encoding, { [field]: value });
  }
  return isChanged;
}

/** A face must move; small print must be legible (W3C MST Content Hints §6). Browsers do the same unasked, where they have it. */
const GIVES_WAY = { video: 'maintain-framerate', screen: 'maintain-resolution' } as const;

/** Tells the senders of one connection how to send, one change after another: a browser refuses parameters that were read before
 * its last change (W3C WebRTC §5.2). */
export class Senders {
  private readonly turns = new WeakMap<RTCRtpSender, Promise<void>>();

  constructor(private readonly log: (what: string, detail: unknown) => void) {}

  /** Make *sender* follow *plan*. It has no encodings before it is negotiated: call this again then. */
  tell(name: SenderName, sender: RTCRtpSender, plan: SendPlan): void {
    const before = this.turns.get(sender) ?? Promise.resolve();
    const turn = before
      .then(() => this.set(name, sender, plan, PLANNED))
      .catch(() => this.set(name, sender, plan, PLAIN))
      .catch((error: unknown) => this.log('setParameters', error));
    this.turns.set(sender, turn);
  }

  private async set(
    name: SenderName,
    sender: RTCRtpSender,
    plan: SendPlan,
    fields: readonly (keyof Wanted)[],
  ): Promise<void> {
    const parameters = sender.getParameters();
    const encoding = parameters.encodings?.[0];
    const wanted = encodingOf(name, plan, sender.track?.getSettings?.().height ?? null);
    const codec = wanted.active ? undefined : spareCodec(parameters.codecs);
    if (!encoding || !changeEncoding(encoding, { ...wanted, ...(codec && { codec }) }, fields)) return;
    if (name === 'video' || name === 'screen')
      Object.assign(parameters, { degradationPreference: GIVES_WAY[name] });
    await sender.setParameters(parameters);
  }
}
