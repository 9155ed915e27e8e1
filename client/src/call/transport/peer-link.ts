// One RTCPeerConnection to one page, with perfect negotiation (W3C WebRTC §10.7): the polite side gives way. It makes and answers
// offers; when to restart or to begin over is the ladder's to say (recovery.ts). Nothing here waits for the camera: the senders
// exist first, and get their tracks later.

import { readClock } from '../../base/clock';
import type { MediaKind } from '../../base/media-kind';
import { takeConnection } from '../../base/prefetch';
import { EarlyCandidates, fragmentsOf } from './early-candidates';
import { MediaLines, type OwnMedia } from './media-lines';
import { OfferGate } from './offer-gate';
import { configuration, fingerprintOf, type LinkState, linkState } from './rtc-config';
import type { Candidate, ClientFrame } from './wire';

/** What a remote track shows: the first transceiver of each kind carries the person, any further one their screen. */
export type Source = 'person' | 'screen';

export interface PeerCallbacks {
  readonly send: (frame: ClientFrame) => void;
  readonly onTrack: (track: MediaStreamTrack, of: Source) => void;
  readonly onState: (state: LinkState) => void;
  /** The other side has sent its first description, or restarted ICE. */
  readonly onTheirRestart: () => void;
  /** A route was found after all had been gathered: this machine has another network. */
  readonly onNewRoute: () => void;
  readonly log: (what: string, detail: unknown) => void;
}

interface PeerOptions extends OwnMedia {
  readonly isPolite: boolean;
  readonly iceServers: RTCIceServer[];
  /** Number the next offer of this page. An answer names its offer: a late one fits none of those that came after. */
  readonly countOffer: () => number;
}

interface TheirOffer {
  readonly sdp: string;
  readonly number: number | null;
}

/** An offer may be lost with a socket of either side: without an answer it is sent again. */
const ANSWER_MS_MAX = 4_000;

export class PeerLink {
  /** The page at the other end; null while the link is only prepared. */
  page: string | null = null;
  state: LinkState = 'connecting';

  private connection: RTCPeerConnection;
  private readonly lines: MediaLines;
  /** Candidates that were found before their description was sent. */
  private unsent: ClientFrame[] | null = [];
  private readonly early = new EarlyCandidates();
  private turn: Promise<void> = Promise.resolve();
  /** The offer that was made before the peer is known, to be sent at once. */
  private firstOffer: Promise<RTCSessionDescriptionInit> | null = null;
  /** Whether the first offer is applied already, with its candidates on the way. */
  hasGathered = false;
  /** The newest generation of own candidates, and the one that was complete. */
  private gathering: string | null = null;
  private gathered: string | null = null;
  private answerTimer: ReturnType<typeof setTimeout> | undefined;
  private offerNumber = 0;
  /** The newest offer of the other side that has not been looked at. */
  private theirs: TheirOffer | null = null;
  private readonly gate = new OfferGate();
  private gateTimer: ReturnType<typeof setTimeout> | undefined;
  /** The number of the other side's offer that is being answered; null where it has none. */
  private answering: number | null = null;
  /** The own user fragment that a restart is to replace; null while none is wanted. An offer that gives way is lost with its
   * restart, and so the wish is kept. */
  private outdated: string | null = null;
  /** The certificate of the newest description of the other side; the applied one may be a step behind. */
  private fingerprint: string | undefined;
  private isClosed = false;

  constructor(
    private readonly options: PeerOptions,
    private readonly callbacks: PeerCallbacks,
  ) {
    this.connection = this.connect(options.iceServers);
    this.lines = new MediaLines(options, this.connection, callbacks.log);
  }

  /** From now on the link is to *page*. */
  meet(page: string): void {
    this.page = page;
  }

  /** Use these servers from now on, at the latest with the next restart; candidates that were gathered before stay. */
  setIceServers(iceServers: RTCIceServer[]): void {
    if (iceServers.length === 0) return;
    const { connection } = this;
    if (typeof connection.setConfiguration === 'function') {
      connection.setConfiguration(configuration(iceServers));
    } else if (!connection.localDescription && !connection.remoteDescription) {
      // Firefox has been able to change them for a few years only. Nothing is agreed yet: begin with the right ones.
      const wasReady = this.firstOffer !== null;
      this.beginAnew(iceServers);
      if (wasReady) this.prepareOffer();
    }
  }

  /** Prepare the first offer. Once the peer is known it is sent, or closed with the link. */
  prepareOffer(): void {
    this.lines.addSenders();
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

  setTrack(kind: MediaKind, track: MediaStreamTrack | null): void {
    this.lines.setTrack(kind, track);
  }

  setMusic(isMusic: boolean): void {
    this.lines.setMusic(isMusic);
  }

  /** Send the screen from now on, or stop. Only the first time needs a negotiation: the transceivers stay. */
  setScreen(screen: MediaStream | null): void {
    this.lines.setScreen(screen);
    void this.inTurn(() => this.sendScreen());
  }

  /** Make an offer to `page`; with *restart* on new candidates (RFC 8445 §9). */
  offer(restart = false): Promise<void> {
    return this.inTurn(async () => {
      if (this.connection.signalingState === 'have-remote-offer') return;
      this.lines.addSenders();
      if (this.hasGathered && this.unsent && !restart) return this.announceOffer();
      const ready = this.firstOffer;
      this.firstOffer = null;
      if (restart) this.outdated = this.ownFragment();
      await this.sendOffer(ready ?? this.connection.createOffer({ iceRestart: restart }));
    });
  }

  /** Send an offer that waits for its answer again: the other side has a new socket. */
  repeatOffer(): void {
    void this.inTurn(async () => {
      if (this.connection.signalingState === 'have-local-offer') this.announceOffer();
    });
  }

  /** Take an offer. Of several that come in one moment the newest counts. */
  receiveOffer(sdp: string, number: number | null): void {
    if (this.options.isPolite || this.connection.signalingState === 'stable') this.learnFingerprint(sdp);
    const isWaiting = this.theirs !== null;
    this.theirs = { sdp, number };
    if (isWaiting) return;
    const waitMs = this.gate.waitMs(readClock());
    if (waitMs > 0) this.gateTimer = setTimeout(() => void this.inTurn(() => this.answerOffer()), waitMs);
    else void this.inTurn(() => this.answerOffer());
  }

  /** Whether the own offer is on its way. The impolite side takes no other one meanwhile, not even of another connection: two
   * that begin over at once would miss each other for ever. */
  get insists(): boolean {
    const isSent = this.unsent === null && this.connection.signalingState === 'have-local-offer';
    return isSent && !this.options.isPolite;
  }

  /** Tell whether the link waits for an answer of this *number*; null comes from a page that does not count. */
  awaits(number: number | null): boolean {
    const isMine = number === null || number === this.offerNumber;
    return isMine && this.connection.signalingState === 'have-local-offer';
  }

  receiveAnswer(sdp: string, number: number | null): void {
    this.learnFingerprint(sdp);
    void this.inTurn(async () => {
      if (!this.awaits(number)) return;
      await this.applyRemote({ type: 'answer', sdp });
      clearTimeout(this.answerTimer);
      this.lines.limitBitrates();
      await this.sendScreen();
    });
  }

  /** Take a candidate. If it fails there is one route less, and no error (R20). */
  receiveCandidate(candidate: Candidate | null): void {
    void this.inTurn(async () => {
      if (candidate && this.early.receive(candidate)) await this.connection.addIceCandidate(candidate);
    });
  }

  /** Tell whether *sdp* is of another connection than the one this is connected to, or about to be. Text that is no description
   * has no certificate, and is of none. */
  isFromAnother(sdp: string): boolean {
    const fingerprint = fingerprintOf(sdp);
    return this.fingerprint !== undefined && fingerprint !== '' && this.fingerprint !== fingerprint;
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

  /** When media was last played, by a clock of the browser's own; null before the first, and where the browser does not tell. */
  readPlayed(): number | null {
    const times = this.connection
      .getReceivers()
      .flatMap((receiver) => receiver.getSynchronizationSources?.() ?? [])
      .map(({ timestamp }) => timestamp);
    return times.length === 0 ? null : Math.max(...times);
  }

  getSender(kind: MediaKind): RTCRtpSender | undefined {
    return this.lines.getSender(kind);
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.answerTimer);
    clearTimeout(this.gateTimer);
    this.connection.close();
  }

  private connect(iceServers: RTCIceServer[]): RTCPeerConnection {
    const wanted = configuration(iceServers);
    const connection = takeConnection(wanted) ?? new RTCPeerConnection(wanted);
    connection.ontrack = ({ track, transceiver }) => {
      const first = connection.getTransceivers().find(({ receiver }) => receiver.track.kind === track.kind);
      this.callbacks.onTrack(track, first === transceiver ? 'person' : 'screen');
    };
    connection.onicecandidate = ({ candidate }) => {
      if (connection === this.connection) this.sendCandidate(candidate);
    };
    connection.oniceconnectionstatechange = connection.onconnectionstatechange = () => {
      if (connection === this.connection) this.readState();
    };
    return connection;
  }

  /** One step at a time: an answer must not overtake the offer that is being applied. */
  private inTurn(step: () => Promise<void>): Promise<void> {
    const attempt = async (what: () => Promise<void>) => {
      if (this.isClosed) return;
      try {
        await what();
      } catch (error) {
        if (!this.isClosed) this.callbacks.log('negotiation', error);
      }
    };
    this.turn = this.turn.then(async () => {
      await attempt(step);
      await attempt(() => this.keepWish());
    });
    return this.turn;
  }

  /** Restart after all, if the offer that was to do it gave way and the other side's did not. */
  private async keepWish(): Promise<void> {
    const { outdated, connection } = this;
    if (outdated === null || connection.signalingState !== 'stable') return;
    if (outdated === this.ownFragment()) await this.sendOffer(connection.createOffer({ iceRestart: true }));
    else this.outdated = null;
  }

  private ownFragment(): string | null {
    return fragmentsOf(this.connection.localDescription?.sdp ?? '')[0] ?? null;
  }

  private async answerOffer(): Promise<void> {
    const { theirs, connection } = this;
    this.theirs = null;
    if (!theirs) return;
    this.gate.note(readClock());
    if (connection.signalingState === 'have-local-offer') {
      if (!this.options.isPolite) return;
      await this.giveWay();
    }
    await this.applyRemote({ type: 'offer', sdp: theirs.sdp });
    this.answering = theirs.number;
    this.lines.adoptSenders();
    await this.connection.setLocalDescription(await this.connection.createAnswer());
    this.sendDescription('answer');
    this.lines.limitBitrates();
    await this.sendScreen();
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

  private async applyRemote(description: RTCSessionDescriptionInit & { sdp: string }): Promise<void> {
    const before = fragmentsOf(this.connection.remoteDescription?.sdp ?? '').join();
    await this.connection.setRemoteDescription(description);
    const { sdp } = description;
    if (before === '' || (description.type === 'offer' && before !== fragmentsOf(sdp).join()))
      this.callbacks.onTheirRestart();
    for (const candidate of this.early.apply(sdp)) {
      await this.connection
        .addIceCandidate(candidate)
        .catch((error: unknown) => this.callbacks.log('early candidate', error));
    }
  }

  private learnFingerprint(sdp: string): void {
    this.fingerprint = fingerprintOf(sdp) || this.fingerprint;
  }

  /** Put the screen on its lines, and offer one that is new once nothing else is open. */
  private async sendScreen(): Promise<void> {
    const { signalingState, remoteDescription } = this.connection;
    if (signalingState !== 'stable' || !remoteDescription) return;
    if (await this.lines.sendScreen()) await this.sendOffer(this.connection.createOffer());
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
    this.unsent = [];
    this.firstOffer = null;
    this.hasGathered = false;
    this.outdated = null;
    this.early.clear();
    this.connection = this.connect(iceServers);
    this.lines.moveTo(this.connection);
  }

  private sendDescription(type: 'offer' | 'answer'): void {
    const sdp = this.connection.localDescription?.sdp;
    if (!this.page || !sdp) return;
    const number = type === 'offer' ? this.offerNumber : this.answering;
    this.callbacks.send({ type, to: this.page, sdp, ...(number !== null && { number }) });
    for (const frame of this.unsent ?? []) this.callbacks.send({ ...frame, to: this.page } as ClientFrame);
    this.unsent = null;
  }

  private sendCandidate(candidate: RTCIceCandidate | null): void {
    const { sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = candidate ?? {};
    if (!candidate) this.gathered = this.gathering;
    else if (usernameFragment !== null && usernameFragment === this.gathered) this.callbacks.onNewRoute();
    else this.gathering = usernameFragment;
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
    this.callbacks.onState(state);
  }
}
