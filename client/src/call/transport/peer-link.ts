// One RTCPeerConnection to one page, with perfect negotiation (W3C WebRTC §10.7): the polite side gives way.
// Nothing here waits for the camera: the senders exist first, and get their tracks later.

import { MEDIA_KINDS, type MediaKind } from '../../base/media-kind';
import { configuration, fingerprintOf, type LinkState, linkState } from './rtc-config';
import type { SendControl } from './send-control';
import { SCREEN_BITRATE_MAX, Senders, VIDEO_BITRATE_MAX } from './send-parameters';
import type { Candidate, ClientFrame } from './wire';

/** What a remote track shows: the first transceiver of each kind carries the person, any further one their screen. */
export type Source = 'person' | 'screen';

export interface PeerCallbacks {
  readonly send: (frame: ClientFrame) => void;
  readonly onTrack: (track: MediaStreamTrack, of: Source) => void;
  readonly onState: (state: LinkState) => void;
  /** The two have not connected for `patienceMs`; called again every `patienceMs`. */
  readonly onStuck: () => void;
  readonly log: (what: string, detail: unknown) => void;
}

interface PeerOptions {
  readonly isPolite: boolean;
  readonly iceServers: RTCIceServer[];
  readonly relayOnly: boolean;
  /** The own tracks by kind, as they are now; `setTrack` tells of changes. */
  readonly tracks: Readonly<Record<MediaKind, MediaStreamTrack | null>>;
  readonly screen: MediaStream | null;
  readonly sending: SendControl;
  readonly patienceMs: number;
  /** Number the next offer of this page. An answer names its offer: a late one fits none of those that came after. */
  readonly countOffer: () => number;
}

/** A short gap mends itself. After this time the polite side restarts ICE without waiting for `failed`. */
const DISCONNECTED_MS_MAX = 3_000;

/** An offer may be lost with a socket of either side: without an answer it is sent again. */
const ANSWER_MS_MAX = 4_000;

export class PeerLink {
  /** The page at the other end; null while the link is only prepared. */
  page: string | null = null;
  state: LinkState = 'connecting';

  private connection: RTCPeerConnection;
  private readonly stream = new MediaStream();
  private readonly tracks: Record<MediaKind, MediaStreamTrack | null>;
  private readonly senders: Partial<Record<MediaKind, RTCRtpSender>> = {};
  /** Candidates that were found before their description was sent. */
  private unsent: ClientFrame[] | null = [];
  private turn: Promise<void> = Promise.resolve();
  /** The offer that was made before the peer is known, to be sent at once. */
  private firstOffer: Promise<RTCSessionDescriptionInit> | null = null;
  private screen: MediaStream | null;
  private screenLines: Partial<Record<MediaKind, RTCRtpTransceiver>> = {};
  private readonly toldSenders: Senders;
  /** Whether the first offer is applied already, with its candidates on the way. */
  hasGathered = false;
  private restartTimer: ReturnType<typeof setTimeout> | undefined;
  private answerTimer: ReturnType<typeof setTimeout> | undefined;
  private stuckTimer: ReturnType<typeof setInterval> | undefined;
  private offerNumber = 0;
  /** The number of the other side's offer that is being answered; null where it has none. */
  private answering: number | null = null;
  /** The certificate of the newest description of the other side; the applied one may be a step behind. */
  private fingerprint: string | undefined;
  private isClosed = false;

  constructor(
    private readonly options: PeerOptions,
    private readonly callbacks: PeerCallbacks,
  ) {
    this.tracks = { ...options.tracks };
    this.screen = options.screen;
    this.toldSenders = new Senders(callbacks.log);
    this.connection = this.connect(options.iceServers);
  }

  /** From now on the link is to *page*. */
  meet(page: string): void {
    this.page = page;
    this.expectToMeet();
  }

  /** Use the servers of `welcome`; candidates that were gathered before stay. */
  setIceServers(iceServers: RTCIceServer[]): void {
    if (iceServers.length === 0) return;
    const { connection } = this;
    if (typeof connection.setConfiguration === 'function') {
      connection.setConfiguration(configuration(iceServers, this.options.relayOnly));
    } else if (!connection.localDescription && !connection.remoteDescription) {
      // Firefox has been able to change them for a few years only. Nothing is agreed yet: begin with the right ones.
      const wasReady = this.firstOffer !== null;
      this.beginAnew(iceServers);
      if (wasReady) this.prepareOffer();
    }
  }

  /** Prepare the first offer. Once the peer is known it is sent, or closed with the link. */
  prepareOffer(): void {
    this.addSenders();
    this.firstOffer = this.connection.createOffer();
    this.firstOffer.catch((error: unknown) => this.callbacks.log('createOffer', error));
  }

  /** Apply the prepared offer now, so that its candidates go out with it. */
  gather(): void {
    void this.inTurn(async () => {
      const ready = this.firstOffer;
      if (!ready) return;
      this.firstOffer = null;
      await this.applyOffer(ready);
      this.hasGathered = true;
    });
  }

  /** Make the senders of a link that offers; one that answers gets them from the offer (RFC 8829 §5.10). */
  private addSenders(): void {
    for (const kind of MEDIA_KINDS) {
      const encodings = kind === 'video' ? [{ maxBitrate: VIDEO_BITRATE_MAX }] : [];
      this.senders[kind] = this.connection.addTransceiver(this.tracks[kind] ?? kind, {
        direction: 'sendrecv',
        streams: [this.stream],
        ...(encodings.length > 0 && { sendEncodings: encodings }),
      }).sender;
    }
  }

  /** Send *track* from now on, or nothing. It needs no negotiation: the transceiver exists either way. */
  setTrack(kind: MediaKind, track: MediaStreamTrack | null): void {
    this.tracks[kind] = track;
    const sender = this.senders[kind];
    if (sender && sender.track !== track) {
      sender
        .replaceTrack(track)
        .then(() => this.tellSenders())
        .catch((error: unknown) => this.callbacks.log('replaceTrack', error));
    }
  }

  /** Send by the present plan. */
  tellSenders(): void {
    const { plan } = this.options.sending;
    for (const kind of MEDIA_KINDS) {
      const [sender, screen] = [this.senders[kind], this.screenLines[kind]?.sender];
      if (sender) this.toldSenders.tell(kind, sender, plan);
      if (screen) this.toldSenders.tell(kind === 'video' ? 'screen' : 'screen-audio', screen, plan);
    }
  }

  /** Send the screen from now on, or stop. Only the first time needs a negotiation: the transceivers stay. */
  setScreen(screen: MediaStream | null): void {
    this.screen = screen;
    void this.inTurn(() => this.sendScreen());
  }

  /** Make an offer to `page`; with *restart* on new candidates (RFC 8445 §9). */
  offer(restart = false): Promise<void> {
    return this.inTurn(async () => {
      if (!this.senders.audio) this.addSenders();
      if (this.hasGathered && this.unsent && !restart) return this.announceOffer();
      const ready = this.firstOffer;
      this.firstOffer = null;
      await this.sendOffer(ready ?? this.connection.createOffer({ iceRestart: restart }));
    });
  }

  receiveOffer(sdp: string, number: number | null): void {
    if (this.options.isPolite || this.connection.signalingState === 'stable')
      this.fingerprint = fingerprintOf(sdp);
    this.inTurn(async () => {
      if (this.connection.signalingState !== 'stable') {
        if (!this.options.isPolite) return;
        await this.giveWay();
      }
      await this.applyRemote({ type: 'offer', sdp });
      this.answering = number;
      this.adoptSenders();
      await this.connection.setLocalDescription(await this.connection.createAnswer());
      this.sendDescription('answer');
      this.tellSenders();
      await this.sendScreen();
    });
  }

  /** Tell whether the link waits for an answer of this *number*; null comes from a page that does not count. */
  awaits(number: number | null): boolean {
    const isMine = number === null || number === this.offerNumber;
    return isMine && this.connection.signalingState === 'have-local-offer';
  }

  receiveAnswer(sdp: string, number: number | null): void {
    this.fingerprint = fingerprintOf(sdp);
    this.inTurn(async () => {
      if (!this.awaits(number)) return;
      await this.applyRemote({ type: 'answer', sdp });
      clearTimeout(this.answerTimer);
      this.tellSenders();
      await this.sendScreen();
    });
  }

  /** Take a candidate. If it fails there is one route less, and no error (R20). */
  receiveCandidate(candidate: Candidate | null): void {
    this.inTurn(async () => {
      if (this.connection.remoteDescription && candidate) await this.connection.addIceCandidate(candidate);
    });
  }

  /** Tell whether *sdp* is of another connection than the one this is connected to, or about to be. */
  isFromAnother(sdp: string): boolean {
    return this.fingerprint !== undefined && this.fingerprint !== fingerprintOf(sdp);
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

  getSender(kind: MediaKind): RTCRtpSender | undefined {
    return this.senders[kind];
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.restartTimer);
    clearTimeout(this.answerTimer);
    clearInterval(this.stuckTimer);
    this.connection.close();
  }

  private connect(iceServers: RTCIceServer[]): RTCPeerConnection {
    const connection = new RTCPeerConnection(configuration(iceServers, this.options.relayOnly));
    connection.ontrack = ({ track, transceiver }) => {
      const first = connection.getTransceivers().find(({ receiver }) => receiver.track.kind === track.kind);
      this.callbacks.onTrack(track, first === transceiver ? 'person' : 'screen');
    };
    connection.onicecandidate = ({ candidate }) => this.sendCandidate(candidate);
    connection.oniceconnectionstatechange = connection.onconnectionstatechange = () => {
      if (connection === this.connection) this.readState();
    };
    return connection;
  }

  /** One step at a time: an answer must not overtake the offer that is being applied. */
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

  private async sendOffer(offer: Promise<RTCSessionDescriptionInit>): Promise<void> {
    await this.applyOffer(offer);
    this.announceOffer();
  }

  private async applyOffer(offer: Promise<RTCSessionDescriptionInit>): Promise<void> {
    await this.connection.setLocalDescription(await offer);
    this.offerNumber = this.options.countOffer();
  }

  /** Send the own offer, and again as long as it has no answer. */
  private announceOffer(): void {
    this.sendDescription('offer');
    clearTimeout(this.answerTimer);
    this.answerTimer = setTimeout(() => {
      if (!this.isClosed && this.connection.signalingState === 'have-local-offer') this.announceOffer();
    }, ANSWER_MS_MAX);
  }

  /** With the first description of the other side, the waiting begins again. */
  private async applyRemote(description: RTCSessionDescriptionInit): Promise<void> {
    const isFirst = !this.connection.remoteDescription;
    const { type, sdp = '' } = description;
    const hasScreenSound = this.screenLines.audio !== undefined;
    await this.connection.setRemoteDescription({
      type,
      sdp: this.options.sending.receiveDescription(type, sdp, hasScreenSound),
    });
    if (isFirst) this.expectToMeet();
  }

  private expectToMeet(): void {
    clearInterval(this.stuckTimer);
    if (this.page === null || this.state === 'connected' || this.isClosed) return;
    this.stuckTimer = setInterval(() => this.callbacks.onStuck(), this.options.patienceMs);
  }

  /** Put the screen on its lines. One that the other side does not know yet is offered, once nothing else is open. */
  private async sendScreen(): Promise<void> {
    const { signalingState, remoteDescription } = this.connection;
    if (signalingState !== 'stable' || !remoteDescription) return;
    for (const track of this.screen?.getTracks() ?? []) this.addScreenLine(track);
    const lines = MEDIA_KINDS.flatMap((kind) => this.screenLines[kind] ?? []);
    for (const { sender, receiver } of lines) {
      const track = this.screen?.getTracks().find(({ kind }) => kind === receiver.track.kind) ?? null;
      if (sender.track !== track) await sender.replaceTrack(track);
    }
    if (lines.some(({ mid }) => mid === null)) await this.sendOffer(this.connection.createOffer());
  }

  private addScreenLine(track: MediaStreamTrack): void {
    const kind = track.kind as MediaKind;
    this.screenLines[kind] ??= this.connection.addTransceiver(track, {
      direction: 'sendonly',
      ...(kind === 'video' && { sendEncodings: [{ maxBitrate: SCREEN_BITRATE_MAX }] }),
    });
  }

  /** Both offered: take the own offer back. Before the first answer the senders go with it, so begin anew. */
  private async giveWay(): Promise<void> {
    clearTimeout(this.answerTimer);
    if (this.connection.remoteDescription) {
      try {
        await this.connection.setLocalDescription({ type: 'rollback' });
        return;
      } catch (error) {
        this.callbacks.log('rollback', error); // Chrome knows it since 80: before, one begins anew
      }
    }
    this.beginAnew(this.connection.getConfiguration().iceServers ?? []);
  }

  private beginAnew(iceServers: RTCIceServer[]): void {
    this.connection.close();
    for (const kind of MEDIA_KINDS) delete this.senders[kind];
    this.screenLines = {};
    this.unsent = [];
    this.firstOffer = null;
    this.hasGathered = false;
    this.connection = this.connect(iceServers);
  }

  private adoptSenders(): void {
    for (const transceiver of this.connection.getTransceivers()) {
      const kind = transceiver.receiver.track.kind as MediaKind;
      if (this.senders[kind]) continue;
      transceiver.direction = 'sendrecv';
      this.senders[kind] = transceiver.sender;
      transceiver.sender.setStreams?.(this.stream);
      this.setTrack(kind, this.tracks[kind]);
    }
  }

  private sendDescription(type: 'offer' | 'answer'): void {
    const sdp = this.connection.localDescription?.sdp;
    if (!this.page || !sdp) return;
    const number = type === 'offer' ? this.offerNumber : this.answering;
    const written = this.options.sending.writeDescription(sdp);
    this.callbacks.send({ type, to: this.page, sdp: written, ...(number !== null && { number }) });
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
    const hadMet = this.state === 'connected';
    this.state = state;
    if (hadMet || state === 'connected') this.expectToMeet();
    clearTimeout(this.restartTimer);
    if (state === 'failed') void this.offer(true);
    if (state === 'disconnected' && this.options.isPolite) {
      this.restartTimer = setTimeout(() => void this.offer(true), DISCONNECTED_MS_MAX);
    }
    this.callbacks.onState(state);
  }
}
