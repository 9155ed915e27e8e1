// The media of one call: the connection to the peer, the tracks that come over it, the shared screen, and the measurements.
// It decides nothing about the call: effects of the reducer tell it what to do, and it reports by actions.

import { readClock } from '../base/clock';
import type { CallWatch, WatchedCall } from './call-watch';
import type { Devices } from './media/devices';
import { joinTrack } from './media/open-devices';
import { ScreenShare } from './media/screen-share';
import type { VoiceMeter } from './media/speech-levels';
import { OwnSending } from './own-sending';
import type { Effect } from './state';
import { receiveServers } from './transport/ice-servers';
import { OfferGate } from './transport/offer-gate';
import { PeerLink } from './transport/peer-link';
import { addSample, type MediaCounts, NO_COUNTS, readSample, type Sample } from './transport/quality';
import type { Source } from './transport/receivers';
import type { Cause, ShownLink } from './transport/recovery';
import { hideAddress } from './transport/relay-only';
import type { ClientFrame, Role } from './transport/wire';

const RATE_EVERY_MS = 1_000;

/** A distant relay takes ten round trips. After this time something is lost that new candidates do not mend. The two roles
 * wait differently long: one side begins over, and the other only if that has not reached it. */
const MEET_MS_MAX: Readonly<Record<Role, number>> = { student: 15_000, tutor: 20_000 };

/** By then most have their first picture, and nobody has lost it. */
const LATER_MS = 1_000;
const LATER_AGAIN_MS = 5_000;

/** The call, as its media see it. */
interface CallPort extends WatchedCall {
  readonly send: (frame: ClientFrame) => void;
}

export class CallMedia {
  /** Measures the own voice where the browser's statistics do not. */
  voiceMeter: VoiceMeter | null = null;
  readonly screen = new ScreenShare((stream) => this.sendScreen(stream));
  /** The other person's picture and sound. */
  remote: MediaStream | null = null;

  /** The newest connection's channel for the tools; null before the first. */
  channel: RTCDataChannel | null = null;

  private peer: PeerLink | null = null;
  /** Whether that connection goes over a relay only. */
  private isHidden = false;
  private remoteScreen: MediaStream | null = null;
  /** The servers that help two pages meet, as the service named them last. */
  servers: RTCIceServer[] = [];
  /** The newest measurement of the connection; null while there is none. */
  sample: Sample | null = null;
  private report: RTCStatsReport | null = null;
  private earlier: MediaCounts = NO_COUNTS;
  /** Null for the first second, which belongs to the first picture. */
  private watcher: CallWatch | null = null;
  /** A page that begins over for ever must not keep this one busy. */
  private readonly theirBeginnings = new OfferGate();
  /** Counts the offers of all connections: a late answer names an offer that no longer counts. */
  private offersMade = 0;
  private timers: (() => void)[] = [];
  private readonly sending: OwnSending;

  constructor(
    private readonly role: Role,
    private readonly devices: Devices,
    private readonly call: CallPort,
  ) {
    devices.choices.subscribe(() => this.keepHidden());
    this.sending = new OwnSending(devices, {
      isConnected: () => call.state.link === 'connected',
      isSharing: () => call.state.me.screen,
      dispatch: call.dispatch,
      follow: () => this.peer?.lines.tellSenders(),
      negotiate: () => void this.peer?.offer(),
      log: call.log,
    });
    devices.subscribe({ onSent: (kind, track) => this.peer?.lines.setTrack(kind, track) });
  }

  /** Prepare the first connection, and measure from now on. */
  start(): void {
    this.peer = this.makePeer();
    this.peer.prepareOffer();
    const rating = setInterval(() => void this.rate(), RATE_EVERY_MS);
    this.timers = [() => clearInterval(rating), this.loadLater()];
  }

  stop(): void {
    for (const cancel of this.timers) cancel();
    this.timers = [];
    this.closePeer();
    this.screen.stop();
  }

  /** Do what one of the reducer's effects asks of the media; other effects are the caller's. */
  perform(effect: Effect): void {
    switch (effect.kind) {
      case 'use-servers':
        this.servers = receiveServers(effect.servers);
        this.peer?.setIceServers(this.servers);
        this.keepHidden();
        return;
      case 'gather':
        // Candidates of an earlier lobby socket may belong to another network.
        if (this.peer?.hasGathered) this.replacePeer().prepareOffer();
        this.peer?.gather();
        return;
      case 'prepare':
        this.note('left');
        this.replacePeer().lines.awaitOffer();
        return;
      case 'meet':
        this.meet(effect.page, effect.offer);
        this.note('met');
        return;
      case 'renew':
        this.note('socket-back');
        return;
      case 'repeat-offer':
        this.peer?.repeatOffer();
        return;
      case 'signal':
        this.receiveSignal(effect.frame);
    }
  }

  /** The page was asleep: what happened to the connection meanwhile may not have been told. */
  wake(): void {
    this.peer?.readState();
  }

  /** This machine has another network. */
  changeNetwork(): void {
    this.note('network-changed');
  }

  /** The peer's screen while they share it. Its tracks stay afterwards, to be there at once the next time. */
  get shownScreen(): MediaStream | null {
    return this.call.state.peer?.screen ? this.remoteScreen : null;
  }

  /** Read the browser's statistics of the connection; null while there is none. */
  async readStats(): Promise<RTCStatsReport | null> {
    return this.peer && this.peer.page !== null ? this.peer.getStats() : null;
  }

  /** Count what has arrived and what the other side confirmed, at this moment: a hidden tab's timers may not have run for
   * a minute. An empty answer means that nothing is known; zero is an answer. */
  async readCounts(): Promise<{ media: MediaCounts['flow']; acks: MediaCounts['acks'] } | object> {
    await this.readSample();
    const { flow: media, acks } = addSample(this.earlier, this.sample);
    const isKnown = this.sample !== null || media.audioPackets + media.videoFrames > 0;
    return isKnown ? { media, acks } : {};
  }

  // ── The peer ──────────────────────────────────────────────────────────────────────────────────

  private meet(page: string, offer: boolean): void {
    // The prepared connection serves the first page that comes; it is an offer's shape only before `welcome`.
    if (this.peer && this.peer.page !== null) this.closePeer();
    this.peer ??= this.makePeer();
    const { peer } = this;
    peer.meet(page);
    if (offer) void peer.offer();
    else peer.lines.awaitOffer();
  }

  private replacePeer(): PeerLink {
    this.closePeer();
    this.peer = this.makePeer();
    return this.peer;
  }

  /** Whether this page tells no address of its own: the link wants it, or the person, where there is a relay. */
  get relayOnly(): boolean {
    const { relayOnly, hasRelay } = this.call.state;
    return relayOnly || (hasRelay !== false && this.devices.choices.get().hidesAddress);
  }

  /** The address is to be hidden from now on, or no longer. An address that was told cannot be taken back, so this needs
   * another connection. While no offer can be sent the present one stays; the next `welcome` asks again (law 7). */
  private keepHidden(): void {
    const { peer, call } = this;
    if (!peer || this.isHidden === this.relayOnly) return;
    if (peer.page !== null) {
      if (call.state.socket === 'joined') this.beginOver(true);
      return;
    }
    const { hasGathered } = peer;
    const next = this.replacePeer();
    if (call.state.lobby) next.prepareOffer();
    if (hasGathered) next.gather();
  }

  private makePeer(): PeerLink {
    const { call, devices, role, relayOnly } = this;
    this.isHidden = relayOnly;
    this.sending.beginConnection();
    const note = (cause: Cause) => this.peer === peer && this.note(cause);
    const peer: PeerLink = new PeerLink(
      {
        isPolite: role === 'student',
        iceServers: this.servers,
        relayOnly,
        tracks: devices.sent,
        screen: this.screen.stream,
        sending: this.sending.control,
        countOffer: () => {
          this.offersMade += 1;
          return this.offersMade;
        },
      },
      {
        send: relayOnly ? (frame) => this.sendHidden(frame) : call.send,
        onTrack: (track, of) => this.peer === peer && this.addRemoteTrack(track, of),
        onState: () => note('look'),
        onTheirRestart: () => note('their-restart'),
        onNewRoute: () => note('network-changed'),
        onChannel: (channel) => {
          this.channel = channel;
          call.listeners.emit('onChannel', channel);
        },
        log: call.log,
      },
    );
    return peer;
  }

  private sendHidden(frame: ClientFrame): void {
    const hidden = hideAddress(frame);
    if (hidden) this.call.send(hidden);
  }

  /** Meet the same page by another connection. What is seen of the peer stays until there is something new. */
  private beginOver(offer: boolean): void {
    const page = this.peer?.page;
    if (!page) return;
    this.call.log('begin over', { page, offer });
    this.dropPeer();
    this.meet(page, offer);
  }

  private closePeer(): void {
    this.dropPeer();
    this.call.listeners.emit('onRemoteStream', null);
    this.call.listeners.emit('onRemoteScreen', null);
  }

  private dropPeer(): void {
    this.earlier = addSample(this.earlier, this.sample);
    this.sample = null;
    this.watcher?.beginConnection();
    this.peer?.close();
    this.peer = null;
    this.remote = this.remoteScreen = null;
  }

  private addRemoteTrack(track: MediaStreamTrack, of: Source): void {
    if (of === 'person') {
      this.remote = joinTrack(this.remote, track);
      this.call.listeners.emit('onRemoteStream', this.remote);
    } else {
      this.remoteScreen = joinTrack(this.remoteScreen, track);
      this.call.listeners.emit('onRemoteScreen', this.shownScreen);
    }
  }

  private sendScreen(stream: MediaStream | null): void {
    this.peer?.setScreen(stream);
    this.call.listeners.emit('onOwnScreen', stream);
    this.call.dispatch({ type: 'screen', on: stream !== null });
  }

  /** The other page may have begun a new connection where this page still has its old one. A connection belongs to one
   * other connection for its life: Firefox does not start DTLS again with another certificate (RFC 8842 §5.5). */
  private receiveSignal(frame: (Effect & { kind: 'signal' })['frame']): void {
    const { peer } = this;
    if (frame.type === 'answer' && !peer?.awaits(frame.number)) return;
    if (frame.type === 'offer' && peer?.insists) return;
    if (frame.type !== 'ice' && peer?.page && peer.isFromAnother(frame.sdp)) {
      // They offer again if it matters.
      if (this.theirBeginnings.waitMs(readClock()) > 0) return;
      this.theirBeginnings.note(readClock());
      this.beginOver(frame.type === 'answer');
      this.note('begun-over');
      if (frame.type === 'answer') return;
    }
    if (frame.type === 'offer') this.peer?.receiveOffer(frame.sdp, frame.number);
    else if (frame.type === 'answer') this.peer?.receiveAnswer(frame.sdp, frame.number);
    else this.peer?.receiveCandidate(frame.candidate);
  }

  // ── What comes after the first picture ────────────────────────────────────────────────────────

  /** Load the watch, which begins then; the returned function ends that. */
  private loadLater(): () => void {
    let timer: ReturnType<typeof setTimeout>;
    let end: (() => void) | null = null;
    let isOver = false;
    const load = () =>
      import('./watching').then(
        ({ CallWatch }) => {
          if (!isOver) end = this.watch(new CallWatch(this.call, this.mediaPort));
        },
        () => wait(LATER_AGAIN_MS),
      );
    const wait = (ms: number) => {
      timer = setTimeout(() => void load(), ms);
    };
    wait(LATER_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
      end?.();
    };
  }

  private watch(watch: CallWatch): () => void {
    this.watcher = watch;
    watch.start();
    return () => {
      watch.stop();
      this.watcher = null;
    };
  }

  private get mediaPort(): ConstructorParameters<typeof CallWatch>[1] {
    return {
      patienceMs: MEET_MS_MAX[this.role],
      peer: () => this.peer,
      awaitsMedia: () => this.awaitsMedia,
      voiceMeter: () => this.voiceMeter,
      take: (step) => (step === 'restart' ? void this.peer?.offer(true) : this.beginOver(true)),
      sendLess: () => this.sending.sendLess(),
      show: (link) => this.showLink(link),
    };
  }

  private note(cause: Cause): void {
    const { peer, watcher } = this;
    if (watcher) watcher.note(cause);
    else if (peer && peer.page !== null && peer.state === 'connected') this.showLink('connected');
    else if (cause === 'socket-back') void peer?.offer(true);
  }

  private showLink(link: ShownLink): void {
    if (link !== this.call.state.link) this.call.dispatch({ type: 'link', state: link });
  }

  // ── Measurements ──────────────────────────────────────────────────────────────────────────────

  private async rate(): Promise<void> {
    const sample = await this.readSample();
    if (!sample || !this.watcher || this.call.state.link !== 'connected') return;
    const quality = this.watcher.rate(sample);
    // The first seconds belong to the first picture.
    if (quality === 'excellent' && this.sending.control.wantsMore) this.devices.sharpen();
    if (this.report) this.sending.take(this.report);
  }

  /** Whether the other side says that it sends sound or pictures. A still screen may send nothing for a while. */
  private get awaitsMedia(): boolean {
    const { peer } = this.call.state;
    return peer !== null && (peer.audio || peer.video);
  }

  private async readSample(): Promise<Sample | null> {
    const { peer } = this;
    if (!peer || peer.page === null) return null;
    // Nothing can have come yet, and to read that would take the browser's time while it connects.
    if (peer.state === 'connecting' && !this.sample?.flow.bytes) {
      this.sample = readSample([]);
      return this.sample;
    }
    const report = await peer.getStats().catch((error: unknown) => this.call.log('getStats', error));
    if (!report || peer !== this.peer) return null;
    this.report = report;
    this.sample = readSample(report.values());
    return this.sample;
  }
}
