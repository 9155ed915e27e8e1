// What one RTCPeerConnection sends: the person's sound and picture on the first line of each kind, and their screen on lines of
// its own. A track may come, change and go without a negotiation; only the first screen needs one.

import { MEDIA_KINDS, type MediaKind } from '../../base/media-kind';
import { SCREEN_BITRATE_MAX, VIDEO_BITRATE_MAX } from './rtc-config';
import type { SendControl } from './send-control';
import type { SenderName } from './send-parameters';

/** The first pictures are half as wide and half as high as the camera's, until the sending rules are loaded. A browser begins with less
 * than 300 kbit/s for the picture, and then drops the first frames of one of more than 320 × 240 pixels (libwebrtc,
 * `VideoStreamEncoder::DropDueToSize`). */
const FIRST_SCALE = 2;

export interface OwnMedia {
  /** The own tracks by kind, as they are now; `setTrack` tells of changes. */
  readonly tracks: Readonly<Record<MediaKind, MediaStreamTrack | null>>;
  readonly screen: MediaStream | null;
  /** How it is sent. */
  readonly sending: SendControl;
}

export class MediaLines {
  private readonly stream = new MediaStream();
  private readonly tracks: Record<MediaKind, MediaStreamTrack | null>;
  private readonly senders: Partial<Record<MediaKind, RTCRtpSender>> = {};
  private screenLines: Partial<Record<MediaKind, RTCRtpTransceiver>> = {};
  private screen: MediaStream | null;
  /** Whether an offer is awaited. Its lines join senders that were made by `addTrack` (RFC 8829 §5.10); making them then would hold
   * up the answer. */
  private awaitsOffer = false;

  constructor(
    private readonly own: OwnMedia,
    private connection: RTCPeerConnection,
    private readonly log: (what: string, detail: unknown) => void,
  ) {
    this.tracks = { ...own.tracks };
    this.screen = own.screen;
  }

  /** Send over *connection* from now on. It has no lines yet. */
  moveTo(connection: RTCPeerConnection): void {
    for (const kind of MEDIA_KINDS) delete this.senders[kind];
    this.screenLines = {};
    this.connection = connection;
    this.awaitOffer();
  }

  /** The other side makes the first offer: be ready with the tracks that there are, and with those that come. */
  awaitOffer(): void {
    this.awaitsOffer = true;
    for (const kind of MEDIA_KINDS) this.setTrack(kind, this.tracks[kind]);
  }

  /** Make the senders of a side that offers, each once. */
  addSenders(): void {
    this.awaitsOffer = false;
    const kinds = MEDIA_KINDS.filter((kind) => !this.senders[kind]);
    this.useLines(addFirstLines(this.connection, this.stream, this.tracks, kinds));
  }

  /** Send on lines of `addFirstLines` that are there already. */
  useLines(lines: readonly RTCRtpTransceiver[]): void {
    for (const { sender, receiver } of lines) {
      const kind = receiver.track.kind as MediaKind;
      this.senders[kind] = sender;
      this.setTrack(kind, this.tracks[kind]);
    }
  }

  /** Send on the lines that an offer has brought. */
  adoptSenders(): void {
    const areFirst = this.awaitsOffer;
    this.awaitsOffer = false;
    for (const transceiver of this.connection.getTransceivers()) {
      const kind = transceiver.receiver.track.kind as MediaKind;
      if (this.senders[kind]) continue;
      transceiver.direction = 'sendrecv';
      transceiver.sender.setStreams?.(this.stream);
      this.useLines([transceiver]);
    }
    if (areFirst) this.beginSmall();
  }

  /** Do for the side that answers what `addFirstLines` does for the one that offers. */
  private beginSmall(): void {
    const sender = this.senders.video;
    const parameters = sender?.getParameters();
    const encoding = parameters?.encodings?.[0]; // old browsers have none
    if (!sender || !parameters || !encoding) return;
    encoding.scaleResolutionDownBy = FIRST_SCALE;
    sender.setParameters(parameters).catch((error: unknown) => this.log('setParameters', error));
  }

  getSender(kind: MediaKind): RTCRtpSender | undefined {
    return this.senders[kind];
  }

  /** Send *track* from now on, or nothing. It needs no negotiation: the transceiver exists either way. */
  setTrack(kind: MediaKind, track: MediaStreamTrack | null): void {
    this.tracks[kind] = track;
    const sender = this.senders[kind];
    if (!sender && track && this.awaitsOffer) {
      this.senders[kind] = this.connection.addTrack(track, this.stream);
    } else if (sender && sender.track !== track) {
      sender
        .replaceTrack(track)
        .then(() => {
          // `sender.track` changes only now: a wish that came meanwhile may have looked fulfilled.
          if (this.tracks[kind] !== track) this.setTrack(kind, this.tracks[kind]);
          // Its size is that of the new track.
          this.tell(kind, sender);
        })
        .catch((error: unknown) => this.log('replaceTrack', error));
    }
  }

  /** Send by the present plan. */
  tellSenders(): void {
    for (const kind of MEDIA_KINDS) {
      this.tell(kind, this.senders[kind]);
      this.tell(kind === 'video' ? 'screen' : 'screen-audio', this.screenLines[kind]?.sender);
    }
  }

  /** Edit a description of the other side so that what is sent here follows the plan. */
  receiveDescription(type: RTCSdpType, sdp: string): string {
    return this.own.sending.receiveDescription(type, sdp, this.screenLines.audio !== undefined);
  }

  setScreen(screen: MediaStream | null): void {
    this.screen = screen;
  }

  /** Put the screen on its lines; returns whether the other side does not know one of them yet, so that it must be offered. */
  async sendScreen(): Promise<boolean> {
    for (const track of this.screen?.getTracks() ?? []) this.addScreenLine(track);
    const lines = MEDIA_KINDS.flatMap((kind) => this.screenLines[kind] ?? []);
    for (const { sender, receiver } of lines) {
      const track = this.screen?.getTracks().find(({ kind }) => kind === receiver.track.kind) ?? null;
      if (sender.track !== track) await sender.replaceTrack(track);
    }
    return lines.some(({ mid }) => mid === null);
  }

  private addScreenLine(track: MediaStreamTrack): void {
    const kind = track.kind as MediaKind;
    this.screenLines[kind] ??= this.connection.addTransceiver(track, {
      direction: 'sendonly',
      ...(kind === 'video' && { sendEncodings: [{ maxBitrate: SCREEN_BITRATE_MAX }] }),
    });
  }

  private tell(name: SenderName, sender: RTCRtpSender | undefined): void {
    if (sender) this.own.sending.tell?.(name, sender);
  }
}

/** Add the lines of a side that offers, the person's sound and then their picture. One without a track gets it later, without
 * another negotiation. */
export function addFirstLines(
  connection: RTCPeerConnection,
  stream: MediaStream,
  tracks: Readonly<Partial<Record<MediaKind, MediaStreamTrack | null>>> = {},
  kinds: readonly MediaKind[] = MEDIA_KINDS,
): RTCRtpTransceiver[] {
  return kinds.map((kind) =>
    connection.addTransceiver(tracks[kind] ?? kind, {
      direction: 'sendrecv',
      streams: [stream],
      ...(kind === 'video' && {
        sendEncodings: [{ maxBitrate: VIDEO_BITRATE_MAX, scaleResolutionDownBy: FIRST_SCALE }],
      }),
    }),
  );
}
