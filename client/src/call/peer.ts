// One RTCPeerConnection to one page, with perfect negotiation (W3C WebRTC §10.7): the polite side gives way.
// Nothing here waits for the camera: senders exist first, tracks are put into them when they come.

import type { Candidate, ClientFrame } from './wire';

export type LinkState = 'connecting' | 'connected' | 'disconnected' | 'failed';
export type Kind = 'audio' | 'video';

export interface PeerCallbacks {
  readonly send: (frame: ClientFrame) => void;
  readonly onTrack: (track: MediaStreamTrack) => void;
  readonly onState: (state: LinkState) => void;
  readonly log: (what: string, detail: unknown) => void;
}

interface PeerOptions {
  readonly isPolite: boolean;
  readonly iceServers: RTCIceServer[];
  /** The own tracks by kind, as they are now; `setTrack` tells of changes. */
  readonly tracks: Readonly<Record<Kind, MediaStreamTrack | null>>;
}

const KINDS: readonly Kind[] = ['audio', 'video'];
const VIDEO_BITRATE_MAX = 1_500_000;

/** A short gap mends itself; after this the polite side asks for new candidates without waiting for `failed`. */
const DISCONNECTED_MS_MAX = 3_000;

export class PeerLink {
  /** The page at the other end; null while the link is only prepared. */
  page: string | null = null;
  state: LinkState = 'connecting';

  private connection: RTCPeerConnection;
  private readonly stream = new MediaStream();
  private readonly tracks: Record<Kind, MediaStreamTrack | null>;
  private readonly senders: Partial<Record<Kind, RTCRtpSender>> = {};
  /** Candidates that came up before the description they belong to was sent. */
  private unsent: ClientFrame[] | null = [];
  private turn: Promise<void> = Promise.resolve();
  /** Made before anybody is known to be there, so that only sending it is left to do. */
  private firstOffer: Promise<RTCSessionDescriptionInit> | null = null;
  private restartTimer: ReturnType<typeof setTimeout> | undefined;
  private isClosed = false;

  constructor(
    private readonly options: PeerOptions,
    private readonly callbacks: PeerCallbacks,
  ) {
    this.tracks = { ...options.tracks };
    this.connection = this.connect(options.iceServers);
  }

  /** Use the servers of `welcome`; what was gathered beforehand stays. */
  setIceServers(iceServers: RTCIceServer[]): void {
    if (iceServers.length > 0) this.connection.setConfiguration(configuration(iceServers));
  }

  /** Make the first offer ready; it is sent, or thrown away with the link, once it is known who is there. */
  prepareOffer(): void {
    this.addSenders();
    this.firstOffer = this.connection.createOffer();
    this.firstOffer.catch((error: unknown) => this.callbacks.log('createOffer', error));
  }

  /** Make the senders of a link that offers; one that answers gets them from the offer (RFC 8829 §5.10). */
  private addSenders(): void {
    for (const kind of KINDS) {
      const encodings = kind === 'video' ? [{ maxBitrate: VIDEO_BITRATE_MAX }] : [];
      this.senders[kind] = this.connection.addTransceiver(this.tracks[kind] ?? kind, {
        direction: 'sendrecv',
        streams: [this.stream],
        ...(encodings.length > 0 && { sendEncodings: encodings }),
      }).sender;
    }
  }

  /** Send *track* from now on, or nothing. No negotiation: the line is there either way. */
  setTrack(kind: Kind, track: MediaStreamTrack | null): void {
    this.tracks[kind] = track;
    const sender = this.senders[kind];
    if (sender && sender.track !== track) {
      sender.replaceTrack(track).catch((error: unknown) => this.callbacks.log('replaceTrack', error));
    }
  }

  /** Make an offer to `page`; with *restart* on new candidates (RFC 8445 §9). */
  offer(restart = false): Promise<void> {
    return this.inTurn(async () => {
      if (!this.senders.audio) this.addSenders();
      const ready = this.firstOffer;
      this.firstOffer = null;
      const offer = await (ready ?? this.connection.createOffer({ iceRestart: restart }));
      await this.connection.setLocalDescription(offer);
      this.sendDescription('offer');
    });
  }

  receiveOffer(sdp: string): void {
    this.inTurn(async () => {
      if (this.connection.signalingState !== 'stable') {
        if (!this.options.isPolite) return;
        await this.giveWay();
      }
      await this.connection.setRemoteDescription({ type: 'offer', sdp });
      this.adoptSenders();
      await this.connection.setLocalDescription(await this.connection.createAnswer());
      this.sendDescription('answer');
      this.limitBitrate();
    });
  }

  receiveAnswer(sdp: string): void {
    this.inTurn(async () => {
      if (this.connection.signalingState !== 'have-local-offer') return;
      await this.connection.setRemoteDescription({ type: 'answer', sdp });
    });
  }

  /** Take a candidate; one that fails is one route less, not a failure (R20). */
  receiveCandidate(candidate: Candidate | null): void {
    this.inTurn(async () => {
      if (this.connection.remoteDescription && candidate) await this.connection.addIceCandidate(candidate);
    });
  }

  getStats(): Promise<RTCStatsReport> {
    return this.connection.getStats();
  }

  /** Tell how loud the other side is right now, 0 to 1. */
  getRemoteLevel(): number {
    const receiver = this.connection.getReceivers().find(({ track }) => track.kind === 'audio');
    const levels = receiver?.getSynchronizationSources?.().map(({ audioLevel }) => audioLevel ?? 0) ?? [];
    return Math.max(0, ...levels);
  }

  getSender(kind: Kind): RTCRtpSender | undefined {
    return this.senders[kind];
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.restartTimer);
    this.connection.close();
  }

  private connect(iceServers: RTCIceServer[]): RTCPeerConnection {
    const connection = new RTCPeerConnection(configuration(iceServers));
    connection.ontrack = ({ track }) => this.callbacks.onTrack(track);
    connection.onicecandidate = ({ candidate }) => this.sendCandidate(candidate);
    connection.oniceconnectionstatechange = connection.onconnectionstatechange = () => {
      if (connection === this.connection) this.readState();
    };
    return connection;
  }

  /** One step at a time: an answer must not overtake the offer that is still being applied. */
  private inTurn(step: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(async () => {
      if (this.isClosed) return;
      try {
        await step();
      } catch (error) {
        if (!this.isClosed) this.callbacks.log('negotiation', error);
      }
    });
    return this.turn;
  }

  /** Both offered: take the own offer back. Before the first answer the senders go with it, so begin anew. */
  private async giveWay(): Promise<void> {
    if (this.connection.remoteDescription) {
      await this.connection.setLocalDescription({ type: 'rollback' });
      return;
    }
    const { iceServers } = this.connection.getConfiguration();
    this.connection.close();
    for (const kind of KINDS) delete this.senders[kind];
    this.unsent = [];
    this.firstOffer = null;
    this.connection = this.connect(iceServers ?? []);
  }

  private adoptSenders(): void {
    for (const transceiver of this.connection.getTransceivers()) {
      const kind = transceiver.receiver.track.kind as Kind;
      if (this.senders[kind]) continue;
      transceiver.direction = 'sendrecv';
      this.senders[kind] = transceiver.sender;
      transceiver.sender.setStreams?.(this.stream);
      this.setTrack(kind, this.tracks[kind]);
    }
  }

  private limitBitrate(): void {
    const sender = this.senders.video;
    const parameters = sender?.getParameters();
    const encoding = parameters?.encodings?.[0];
    if (!sender || !parameters || !encoding || encoding.maxBitrate) return;
    encoding.maxBitrate = VIDEO_BITRATE_MAX;
    sender.setParameters(parameters).catch((error: unknown) => this.callbacks.log('setParameters', error));
  }

  private sendDescription(type: 'offer' | 'answer'): void {
    const sdp = this.connection.localDescription?.sdp;
    if (!this.page || !sdp) return;
    this.callbacks.send({ type, to: this.page, sdp });
    for (const frame of this.unsent ?? []) this.callbacks.send({ ...frame, to: this.page } as ClientFrame);
    this.unsent = null;
  }

  private sendCandidate(candidate: RTCIceCandidate | null): void {
    const { sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = candidate ?? {};
    const plain = candidate && { candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment };
    const frame: ClientFrame = { type: 'ice', to: this.page ?? '', candidate: plain };
    if (this.unsent) this.unsent.push(frame);
    else this.callbacks.send(frame);
    this.callbacks.log('local candidate', plain?.candidate ?? 'end');
  }

  private readState(): void {
    const { connectionState, iceConnectionState, iceGatheringState } = this.connection;
    const detail = { connectionState, iceConnectionState, iceGatheringState };
    this.callbacks.log('peer connection', detail);
    const state = linkState(connectionState, iceConnectionState);
    if (this.isClosed || state === this.state) return;
    this.state = state;
    clearTimeout(this.restartTimer);
    if (state === 'failed') void this.offer(true);
    if (state === 'disconnected' && this.options.isPolite) {
      this.restartTimer = setTimeout(() => void this.offer(true), DISCONNECTED_MS_MAX);
    }
    this.callbacks.onState(state);
  }
}

/** Firefox before 113 has no `connectionState`: what ICE says is near enough. */
export function linkState(
  connection: RTCPeerConnectionState | undefined,
  ice: RTCIceConnectionState,
): LinkState {
  const state = connection ?? ice;
  if (state === 'connected' || state === 'completed') return 'connected';
  if (state === 'disconnected') return 'disconnected';
  return state === 'failed' || state === 'closed' ? 'failed' : 'connecting';
}

function configuration(iceServers: RTCIceServer[]): RTCConfiguration {
  return {
    iceServers,
    bundlePolicy: 'max-bundle',
    // Candidates are looked for from now on, not only from the offer on.
    iceCandidatePoolSize: 1,
    // Chrome 70 and 71 speak Plan B unless told (R18); the types no longer know the word.
    ...{ sdpSemantics: 'unified-plan' },
  };
}
