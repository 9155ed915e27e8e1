// One RTCPeerConnection to one page, with perfect negotiation (W3C WebRTC §10.7): the polite side gives way. It makes and answers
// offers; when to restart or to begin over is the ladder's to say (recovery.ts). Nothing here waits for the camera: the senders
// exist first, and get their tracks later.

import { type ConnectionPrefetch, takeConnection } from '../../base/prefetch';
import { nameRole } from './dtls-role';
import { EarlyCandidates, fragmentIn, fragmentsOf } from './early-candidates';
import { applyAnswer, settleFirstAnswer } from './first-answer';
import { MediaLines, type OwnMedia } from './media-lines';
import { TheirOffers } from './offer-gate';
import { OwnCandidates, plainCandidate } from './own-candidates';
import { OwnOffers } from './own-offers';
import { readLevel, readPlayed, type Source, TheirTracks } from './receivers';
import { configuration, fingerprintOf, type LinkState, linkState } from './rtc-config';
import { openToolChannel } from './tool-channel';
import { Turns } from './turns';
import type { Candidate, ClientFrame } from './wire';

export interface PeerCallbacks {
  readonly send: (frame: ClientFrame) => void;
  readonly onTrack: (track: MediaStreamTrack, of: Source) => void;
  readonly onState: (state: LinkState) => void;
  /** The other side has sent its first description, or restarted ICE. */
  readonly onTheirRestart: () => void;
  /** A route was found after all had been gathered: this machine has another network. */
  readonly onNewRoute: () => void;
  /** Each connection has a channel of its own for the tools. */
  readonly onChannel: (channel: RTCDataChannel) => void;
  readonly log: (what: string, detail: unknown) => void;
}

interface PeerOptions extends OwnMedia {
  readonly isPolite: boolean;
  readonly iceServers: RTCIceServer[];
  readonly relayOnly: boolean;
  /** Number the next offer of this page. An answer names its offer: a late one fits none of those that came after. */
  readonly countOffer: () => number;
}

export class PeerLink {
  /** The page at the other end; null while the link is only prepared. */
  page: string | null = null;
  state: LinkState = 'connecting';

  private connection: RTCPeerConnection;
  readonly lines: MediaLines;
  private own = new OwnCandidates();
  private readonly theirTracks = new TheirTracks((track, of) => this.callbacks.onTrack(track, of));
  private readonly early = new EarlyCandidates();
  private readonly turns = new Turns(
    () => this.keepWish(),
    (error) => this.callbacks.log('negotiation', error),
  );
  /** The offer that was made before the peer is known, to be sent at once. */
  private firstOffer: Promise<RTCSessionDescriptionInit> | null = null;
  /** Whether the first offer is applied already, with its candidates on the way. */
  hasGathered = false;
  /** The page that has the first offer already, from the inline script; null where it sent none. */
  private offeredEarly: Promise<string | null> | null = null;
  private readonly offers: OwnOffers;
  private readonly theirs = new TheirOffers(() => void this.turns.run(() => this.answerOffer()));
  /** The number of the other side's offer that is being answered; null where it has none. */
  private answering: number | null = null;
  /** The own user fragment that a restart is to replace; null while none is wanted. An offer that gives way is lost with its
   * restart, and so the wish is kept. */
  private outdated: string | null = null;
  /** How many descriptions of the other side this connection has applied. */
  private applied = 0;
  /** The certificate of the newest description of the other side; the applied one may be a step behind. */
  private fingerprint: string | undefined;

  constructor(
    private readonly options: PeerOptions,
    private readonly callbacks: PeerCallbacks,
  ) {
    this.offers = new OwnOffers(options.countOffer, () => {
      if (!this.turns.isOver && this.connection.signalingState === 'have-local-offer') this.announceOffer();
    });
    const wanted = configuration(options.iceServers, options.relayOnly);
    const prefetch = takeConnection(wanted);
    this.connection = this.listen(prefetch?.connection ?? new RTCPeerConnection(wanted), prefetch?.channel);
    this.lines = new MediaLines(options, this.connection, callbacks.log);
    if (prefetch) this.take(prefetch);
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
    if (this.firstOffer || this.offeredEarly) return;
    this.lines.addSenders();
    this.firstOffer = this.connection.createOffer();
    this.firstOffer.catch((error: unknown) => this.callbacks.log('createOffer', error));
  }

  /** Apply the prepared offer now, so that its candidates go out with it. */
  gather(): void {
    void this.turns.run(async () => {
      const ready = this.firstOffer;
      if (!ready) return;
      this.firstOffer = null;
      await this.applyOffer(ready);
      this.hasGathered = true;
    });
  }

  /** Send the screen from now on, or stop. Only the first time needs a negotiation: the transceivers stay. */
  setScreen(screen: MediaStream | null): void {
    this.lines.setScreen(screen);
    void this.turns.run(() => this.sendScreen());
  }

  /** Make an offer to `page`; with *restart* on new candidates (RFC 8445 §9). */
  offer(restart = false): Promise<void> {
    return this.turns.run(async () => {
      if (this.connection.signalingState === 'have-remote-offer') return;
      this.lines.addSenders();
      if (await this.isOffered(restart)) return;
      if (this.hasGathered && this.own.areWaiting && !restart) return this.announceOffer();
      const ready = this.firstOffer;
      this.firstOffer = null;
      if (restart) this.outdated = fragmentIn(this.connection.localDescription);
      await this.sendOffer(ready ?? this.createOffer(restart));
    });
  }

  /** Send an offer that waits for its answer again: the other side has a new socket. */
  repeatOffer(): void {
    void this.turns.run(async () => {
      if (this.connection.signalingState === 'have-local-offer') this.announceOffer();
    });
  }

  receiveOffer(sdp: string, number: number | null): void {
    if (this.options.isPolite || this.connection.signalingState === 'stable')
      this.fingerprint = fingerprintOf(sdp) || this.fingerprint;
    this.theirs.receive({ sdp, number });
  }

  /** Whether the own offer is on its way. The impolite side takes no other one meanwhile, not even of another connection: two
   * that begin over at once would miss each other for ever. */
  get insists(): boolean {
    const isSent = !this.own.areWaiting && this.connection.signalingState === 'have-local-offer';
    return isSent && !this.options.isPolite && !this.offers.isAnswered;
  }

  /** Tell whether the link waits for an answer of this *number*; null comes from a page that does not count. */
  awaits(number: number | null): boolean {
    return this.offers.isCurrent(number) && this.connection.signalingState === 'have-local-offer';
  }

  receiveAnswer(sdp: string, number: number | null): void {
    if (this.awaits(number)) this.offers.noteAnswer();
    this.fingerprint = fingerprintOf(sdp) || this.fingerprint;
    void this.turns.run(async () => {
      if (!this.awaits(number)) return;
      await this.applyRemote({ type: 'answer', sdp });
      this.offers.stopWaiting();
      this.lines.tellSenders();
      await this.sendScreen();
    });
  }

  /** Take a candidate. If it fails there is one route less, and no error (R20). */
  receiveCandidate(candidate: Candidate | null): void {
    void this.turns.run(async () => {
      if (candidate && this.early.receive(candidate)) await this.connection.addIceCandidate(candidate);
    });
  }

  /** Tell whether *sdp* is of another connection than the one this is connected to, or about to be. Text that is no description
   * has no certificate, and is of none. */
  isFromAnother(sdp: string): boolean {
    const fingerprint = fingerprintOf(sdp);
    return this.fingerprint !== undefined && fingerprint !== '' && this.fingerprint !== fingerprint;
  }

  /** Whether the newest own candidates name an address that earlier ones did not. */
  get hasNewAddress(): boolean {
    return this.own.haveNewAddress;
  }

  getStats(): Promise<RTCStatsReport> {
    return this.connection.getStats();
  }

  getRemoteLevel(): number {
    return readLevel(this.connection);
  }

  readPlayed(): number | null {
    return readPlayed(this.connection);
  }

  close(): void {
    this.turns.end();
    this.offers.stopWaiting();
    this.theirs.stop();
    this.connection.close();
  }

  /** Go on with what the inline script has begun. */
  private take({ connection, offer, sent }: ConnectionPrefetch): void {
    this.lines.useLines(connection.getTransceivers());
    this.offeredEarly = sent;
    if (sent) this.offers.begin();
    else this.firstOffer = offer;
  }

  /** Whether the inline script has sent the first offer; then it is treated as an own one. */
  private async isOffered(restart: boolean): Promise<boolean> {
    const { offeredEarly } = this;
    this.offeredEarly = null;
    const page = await offeredEarly;
    if (!page || restart) return false;
    const { localDescription, iceGatheringState } = this.connection;
    this.own.begin(localDescription?.sdp ?? '', iceGatheringState === 'complete');
    if (page === this.page) this.awaitAnswer();
    else this.announceOffer();
    return true;
  }

  private listen(connection: RTCPeerConnection, channel = openToolChannel(connection)): RTCPeerConnection {
    this.callbacks.onChannel(channel);
    this.theirTracks.listen(connection);
    connection.onicecandidate = ({ candidate }) => {
      if (connection === this.connection) this.receiveOwn(plainCandidate(candidate));
    };
    connection.oniceconnectionstatechange = connection.onconnectionstatechange = () => {
      if (connection === this.connection) this.readState();
    };
    return connection;
  }

  /** Restart after all, if the offer that was to do it gave way and the other side's did not. */
  private async keepWish(): Promise<void> {
    const { outdated, connection } = this;
    if (outdated === null || connection.signalingState !== 'stable') return;
    if (outdated === fragmentIn(connection.localDescription)) await this.sendOffer(this.createOffer(true));
    else this.outdated = null;
  }

  private async answerOffer(): Promise<void> {
    const { connection } = this;
    const theirs = this.theirs.take();
    if (!theirs) return;
    if (connection.signalingState === 'have-local-offer') {
      if (!this.options.isPolite) return;
      // Repeated while its answer was on the way. To give way now would give the own offer's new lines other names (mids) than those
      // that the other side is about to take, and it refuses such an offer for ever.
      const isAnswered = theirs.number !== null && theirs.number === this.answering;
      if (isAnswered && connection.currentLocalDescription?.type === 'answer')
        return this.sendDescription('answer');
      await this.giveWay();
    }
    this.theirTracks.hold();
    try {
      await this.applyRemote({ type: 'offer', sdp: theirs.sdp });
      this.answering = theirs.number;
      this.lines.adoptSenders();
      await applyAnswer(this.connection); // another one, if the own first offer gave way
      this.own.begin(this.connection.localDescription?.sdp ?? '');
      this.sendDescription('answer');
      this.sendCandidates();
    } finally {
      this.theirTracks.release();
    }
    this.lines.tellSenders();
    await this.sendScreen();
  }

  private async sendOffer(offer: Promise<RTCSessionDescriptionInit>): Promise<void> {
    await this.applyOffer(offer);
    this.announceOffer();
  }

  private async createOffer(iceRestart = false): Promise<RTCSessionDescriptionInit> {
    if (this.options.isPolite && this.applied === 1) await settleFirstAnswer(this.connection);
    return this.connection.createOffer({ iceRestart });
  }

  private async applyOffer(offer: Promise<RTCSessionDescriptionInit>): Promise<void> {
    const description = await offer;
    // Its candidates may come before it is applied.
    this.own.begin(description.sdp ?? '');
    await this.connection.setLocalDescription(description);
    this.offers.begin();
  }

  /** Send the own offer, and again as long as it has no answer. */
  private announceOffer(): void {
    this.sendDescription('offer');
    this.awaitAnswer();
  }

  private awaitAnswer(): void {
    this.sendCandidates();
    this.offers.awaitAnswer();
  }

  private async applyRemote(description: RTCSessionDescriptionInit & { sdp: string }): Promise<void> {
    const before = fragmentsOf(this.connection.remoteDescription?.sdp ?? '').join();
    const { type, sdp } = description;
    await this.connection.setRemoteDescription({ type, sdp: this.lines.receiveDescription(type, sdp) });
    this.applied += 1;
    if (before === '' || (type === 'offer' && before !== fragmentsOf(sdp).join()))
      this.callbacks.onTheirRestart();
    for (const candidate of this.early.apply(sdp)) {
      await this.connection
        .addIceCandidate(candidate)
        .catch((error: unknown) => this.callbacks.log('early candidate', error));
    }
  }

  /** Put the screen on its lines, and offer one that is new once nothing else is open. */
  private async sendScreen(): Promise<void> {
    const { signalingState, remoteDescription } = this.connection;
    if (signalingState !== 'stable' || !remoteDescription) return;
    if (await this.lines.sendScreen()) await this.sendOffer(this.createOffer());
  }

  /** Both offered: take the own offer back. Before the first answer the senders go with it, so begin anew. */
  private async giveWay(): Promise<void> {
    this.offers.stopWaiting();
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
    this.own = new OwnCandidates();
    this.firstOffer = this.offeredEarly = null;
    this.hasGathered = false;
    this.applied = 0;
    this.outdated = null;
    this.early.clear();
    this.connection = this.listen(new RTCPeerConnection(configuration(iceServers, this.options.relayOnly)));
    this.lines.moveTo(this.connection);
  }

  private sendDescription(type: 'offer' | 'answer'): void {
    const { currentLocalDescription, localDescription } = this.connection;
    const own = (type === 'offer' ? localDescription : currentLocalDescription)?.sdp;
    if (!this.page || !own) return;
    const sdp = type === 'offer' ? nameRole(own, this.connection) : own;
    const number = type === 'offer' ? this.offers.number : this.answering;
    const written = this.options.sending.writeDescription(sdp);
    this.callbacks.send({ type, to: this.page, sdp: written, ...(number !== null && { number }) });
  }

  private sendCandidates(): void {
    if (!this.page) return;
    for (const candidate of this.own.release()) this.sendCandidate(candidate);
  }

  private receiveOwn(candidate: Candidate | null): void {
    this.callbacks.log('local candidate', candidate?.candidate ?? 'end');
    if (this.own.isLate(candidate)) this.callbacks.onNewRoute();
    if (this.own.receive(candidate)) this.sendCandidate(candidate);
  }

  private sendCandidate(candidate: Candidate | null): void {
    this.callbacks.send({ type: 'ice', to: this.page ?? '', candidate });
  }

  /** Read how the connection is. A browser that closes it, as for the back-forward cache, tells nobody. */
  readState(): void {
    const { connectionState, iceConnectionState, iceGatheringState } = this.connection;
    const detail = { connectionState, iceConnectionState, iceGatheringState };
    this.callbacks.log('peer connection', detail);
    const state = linkState(connectionState, iceConnectionState);
    if (this.turns.isOver || state === this.state) return;
    this.state = state;
    this.callbacks.onState(state);
  }
}
