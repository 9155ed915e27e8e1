// Drives one call: carries out what call.ts decides, and brings back what happened. Knows no page: whoever
// shows the call gets its state and its two streams through callbacks.

import { readClock } from '../base/clock';
import type { ParentEvent } from '../embed/parent-events';
import { makeJoin, makeLobbyJoin } from './handshake';
import type { CallLink } from './link';
import { attempt, type CallListener, Listeners } from './listeners';
import type { Devices } from './media/devices';
import { joinTrack } from './media/open-devices';
import { ScreenShare } from './media/screen-share';
import { type VoiceMeter, watchSpeaking } from './media/speech-levels';
import { reduceCall } from './reducer';
import { type Action, beginCall, type CallState, type Effect } from './state';
import type { TabMemory } from './tab-memory';
import { receiveServers } from './transport/ice-servers';
import { type MediaKind, PeerLink, type Source } from './transport/peer-link';
import {
  addSample,
  type Counted,
  NOTHING_COUNTED,
  Rating,
  readSample,
  type Sample,
} from './transport/quality';
import type { LinkState } from './transport/rtc-config';
import { Signaling } from './transport/signaling';
import type { ClientFrame, Join, LobbyJoin, Role } from './transport/wire';

const LOOK_EVERY_MS = 1_000;

/** A relay far away takes ten round trips: by then the two have met, or something is lost that new candidates do not
 * mend. Not the same for both: one of them begins over, and the other only if that has not reached it. */
const MEET_MS_MAX: Readonly<Record<Role, number>> = { student: 15_000, tutor: 20_000 };

export class Call {
  state: CallState;
  /** Asked how loud the own microphone is where the browser's statistics do not tell. */
  voiceMeter: VoiceMeter | null = null;

  private readonly page = makeId();
  private readonly signaling: Signaling;
  private peer: PeerLink | null = null;
  private remote: MediaStream | null = null;
  private remoteScreen: MediaStream | null = null;
  private readonly screen = new ScreenShare((stream) => this.useScreen(stream));
  private readonly listeners = new Listeners();
  private servers: RTCIceServer[] = [];
  private sample: Sample | null = null;
  private earlier: Counted = NOTHING_COUNTED;
  private rating = new Rating();
  private takesOver = false;
  /** How often with this page, since the two last met. */
  private begunOver = 0;
  private timers: (() => void)[] = [];

  constructor(
    private readonly link: CallLink,
    private readonly memory: TabMemory,
    private readonly devices: Devices,
    private readonly tellParent: (event: ParentEvent) => void,
    private readonly log: (what: string, detail: unknown) => void,
  ) {
    this.state = beginCall({ role: link.role, address: link.address ?? '', name: link.name, ...devices.on });
    this.signaling = new Signaling(link.socketUrl, {
      makeHandshakeFrame: () => this.makeHandshakeFrame(),
      onFrame: (frame) => this.dispatch({ type: 'frame', frame }),
      onLost: (closeCode, retryInMs) => {
        this.log('socket lost', { closeCode, retryInMs });
        this.dispatch({ type: 'socket-lost', isFinal: retryInMs === null });
      },
      log,
    });
    devices.choices.subscribe(({ isMusic }) => this.peer?.setMusic(isMusic));
    devices.subscribe({
      onTrack: (kind, track) => this.peer?.setTrack(kind, track),
      onStream: (stream) => this.listeners.emit('onOwnStream', stream),
      onStatus: (status) => this.dispatch({ type: 'devices', status }),
    });
  }

  /** Begin: socket, camera and peer connection at once, none waits for another. With a *lobby* the camera is left to
   * whoever shows it, and the call waits for `join`. */
  start(lobby = false): void {
    this.signaling.open();
    if (lobby) this.joinLobby();
    else this.openDevices();
    this.peer = this.makePeer();
    this.peer.prepareOffer();
    const rating = setInterval(() => void this.rate(), LOOK_EVERY_MS);
    this.timers = [
      () => clearInterval(rating),
      watchSpeaking(
        () => (this.state.link === 'connected' ? this.peer : null),
        () => this.voiceMeter,
        () => !this.state.me.audio,
        (speaking) => this.listeners.emit('onSpeaking', speaking),
        (levels) => this.listeners.emit('onLevels', levels),
      ),
    ];
  }

  /** Open the own devices, by default as they were left, unless they are open. */
  openDevices(wanted: Readonly<Record<MediaKind, boolean | null>> = this.memory.get()): void {
    if (this.devices.isOpen) return;
    this.devices.open(wanted);
    this.state = { ...this.state, me: { ...this.state.me, ...this.devices.on } };
    this.listeners.emit('onState', this.state);
  }

  /** Devices that are open, or could not be had, have said themselves by now how they stand. */
  private joinLobby(): void {
    const { devices, state } = this;
    if (!devices.isOpen) {
      this.state = { ...state, me: { ...state.me, ...devices.asLeft(this.memory.get()) } };
    }
    this.dispatch({ type: 'look' });
  }

  /** Show the call to *listener*, from how it stands now. */
  subscribe(listener: Partial<CallListener>): void {
    this.listeners.add(listener);
    listener.onState?.(this.state);
    listener.onOwnStream?.(this.devices.stream);
    listener.onRemoteStream?.(this.remote);
    listener.onOwnScreen?.(this.screen.stream);
    listener.onRemoteScreen?.(this.shownScreen);
  }

  /** Take something that happened; what follows from it is done before this returns. */
  dispatch(action: Action): void {
    const before = this.state;
    const [state, effects] = reduceCall(before, action, readClock());
    this.state = state;
    for (const effect of effects) attempt(() => this.perform(effect));
    if (state !== before) this.listeners.emit('onState', this.state);
    if (state.link === 'reconnecting' && before.link !== state.link) this.signaling.doubt();
    if (state.peer?.screen !== before.peer?.screen) this.listeners.emit('onRemoteScreen', this.shownScreen);
  }

  say(text: string): void {
    this.dispatch({ type: 'say', id: makeId(), text });
  }

  /** Try the devices again that could not be had. */
  retryDevices(): void {
    const { missing } = this.state;
    this.dispatch({ type: 'dismiss-problem' });
    this.devices.retry(missing);
  }

  /** What the browser measures of the connection now; null while there is none. */
  async readStats(): Promise<RTCStatsReport | null> {
    return this.peer && this.peer.page !== null ? this.peer.getStats() : null;
  }

  /** Share the screen, by a click of the person's; nothing to share with is a 'failed'. */
  shareScreen(): ReturnType<ScreenShare['start']> {
    return this.screen.start();
  }

  stopScreen(): void {
    this.screen.stop();
  }

  /** The network is back: find out at once. */
  reconnect(): void {
    this.signaling.reopen();
  }

  /** The person is back at the page: what slept meanwhile may be gone. */
  wake(): void {
    this.signaling.doubt();
    this.devices.wake();
  }

  /** The page goes away for good. */
  leave(reason: string): void {
    if (!this.state.lobby) this.memory.leave();
    this.signaling.close(reason);
  }

  private perform(effect: Effect): void {
    switch (effect.kind) {
      case 'send':
        this.send(effect.frame);
        return;
      case 'answer-ping':
        void this.sendHeartbeat(effect.serverTime);
        return;
      case 'use-servers':
        this.servers = receiveServers(effect.servers);
        this.peer?.setIceServers(this.servers);
        return;
      case 'gather':
        this.gather();
        return;
      case 'join':
        this.join();
        return;
      case 'prepare':
        this.replacePeer();
        return;
      case 'meet':
        this.begunOver = 0;
        this.meet(effect.page, effect.offer);
        return;
      case 'renew':
        void this.peer?.offer(true);
        return;
      case 'signal':
        this.receiveSignal(effect.frame);
        return;
      case 'switch':
        this.devices.switch(effect.device, effect.on);
        return;
      case 'remember':
        this.memory.set(effect.changes);
        return;
      case 'show-reaction':
        this.listeners.emit('onReaction', { role: effect.role, reaction: effect.reaction });
        return;
      case 'take-over':
        this.takeOver();
        return;
      case 'stop':
        this.stop();
        return;
      case 'tell-parent':
        this.tellParent(effect.event);
    }
  }

  private send(frame: ClientFrame): void {
    if (!this.signaling.send(frame)) this.log('not sent', frame.type);
  }

  private makeHandshakeFrame(): LobbyJoin | Join {
    if (this.state.lobby) {
      // What is gathered belongs to one socket: of a new one there is nothing yet (lobby.ts).
      this.state = { ...this.state, socket: 'opening' };
      return makeLobbyJoin(this.link, this.page);
    }
    const takeover = this.takesOver;
    this.takesOver = false;
    return makeJoin(this.link, this.page, this.state.me, { resume: this.memory.get().resume, takeover });
  }

  /** Whatever was not opened by now is asked for as where there is no lobby: joining is a gesture, too. */
  private join(): void {
    this.openDevices();
    if (!this.signaling.send(this.makeHandshakeFrame()) && this.state.socket !== 'opening')
      this.signaling.reopen();
  }

  private takeOver(): void {
    this.takesOver = true;
    this.start();
  }

  // ── The peer ──────────────────────────────────────────────────────────────────────────────────

  private meet(page: string, offer: boolean): void {
    // What was prepared is used for the first one who comes; it is an offer's shape only before `welcome`.
    const peer = this.peer?.page === null ? this.peer : this.replacePeer();
    peer.meet(page);
    if (offer) void peer.offer();
  }

  /** What an earlier socket of the lobby gathered may be another network's by now. */
  private gather(): void {
    if (this.peer?.hasGathered) this.replacePeer().prepareOffer();
    this.peer?.gather();
  }

  private replacePeer(): PeerLink {
    this.closePeer();
    this.peer = this.makePeer();
    return this.peer;
  }

  private makePeer(): PeerLink {
    const peer: PeerLink = new PeerLink(
      {
        isPolite: this.link.role === 'student',
        iceServers: this.servers,
        tracks: this.devices.tracks,
        screen: this.screen.stream,
        isMusic: this.devices.choices.get().isMusic,
        patienceMs: MEET_MS_MAX[this.link.role] * 2 ** Math.min(this.begunOver, 2),
      },
      {
        send: (frame) => this.send(frame),
        onTrack: (track, of) => this.peer === peer && this.addRemoteTrack(track, of),
        onState: (state) => this.peer === peer && this.changeLink(state),
        // While the socket is gone there is nobody to offer to.
        onStuck: () => peer.page && this.state.socket === 'joined' && this.beginOver(peer.page, true),
        log: this.log,
      },
    );
    return peer;
  }

  private changeLink(state: LinkState): void {
    if (state === 'connected') this.begunOver = 0;
    this.dispatch({ type: 'link', state });
  }

  /** Meet the same page by another connection. */
  private beginOver(page: string, offer: boolean): void {
    this.log('begin over', { page, offer });
    this.begunOver += 1;
    this.meet(page, offer);
    if (this.state.link === 'connected') this.changeLink('connecting');
  }

  private closePeer(): void {
    this.earlier = addSample(this.earlier, this.sample);
    this.sample = null;
    this.rating = new Rating();
    this.peer?.close();
    this.peer = null;
    this.remote = this.remoteScreen = null;
    this.listeners.emit('onRemoteStream', null);
    this.listeners.emit('onRemoteScreen', null);
  }

  private addRemoteTrack(track: MediaStreamTrack, of: Source): void {
    if (of === 'person') {
      this.remote = joinTrack(this.remote, track);
      this.listeners.emit('onRemoteStream', this.remote);
    } else {
      this.remoteScreen = joinTrack(this.remoteScreen, track);
      this.listeners.emit('onRemoteScreen', this.shownScreen);
    }
  }

  /** Its tracks stay when it is no longer shared, to be there at once the next time. */
  private get shownScreen(): MediaStream | null {
    return this.state.peer?.screen ? this.remoteScreen : null;
  }

  private useScreen(stream: MediaStream | null): void {
    this.peer?.setScreen(stream);
    this.listeners.emit('onOwnScreen', stream);
    this.dispatch({ type: 'screen', on: stream !== null });
  }

  /** The other page may have begun a new connection where this one has its old: a connection belongs to one other for
   * its life, and not every browser (Firefox) starts DTLS again with another certificate (RFC 8842 §5.5). */
  private receiveSignal(frame: (Effect & { kind: 'signal' })['frame']): void {
    const { peer } = this;
    if (frame.type === 'answer' && !peer?.awaits(frame.number)) return;
    if (frame.type !== 'ice' && peer?.page && peer.isFromAnother(frame.sdp)) {
      this.beginOver(peer.page, frame.type === 'answer');
      if (frame.type === 'answer') return;
    }
    if (frame.type === 'offer') this.peer?.receiveOffer(frame.sdp, frame.number);
    else if (frame.type === 'answer') this.peer?.receiveAnswer(frame.sdp, frame.number);
    else this.peer?.receiveCandidate(frame.candidate);
  }

  private async rate(): Promise<void> {
    const sample = await this.readSample();
    if (!sample || this.state.link !== 'connected') return;
    const { peer } = this.state;
    const isSending = peer !== null && (peer.audio || peer.video || peer.screen);
    const quality = this.rating.take(sample, isSending);
    if (quality !== this.state.quality) this.dispatch({ type: 'quality', quality });
    // The first seconds belong to the first picture.
    if (this.rating.isSettled && quality === 'excellent') this.devices.sharpen();
  }

  private async readSample(): Promise<Sample | null> {
    const peer = this.peer;
    if (!peer || peer.page === null) return null;
    const report = await peer.getStats();
    if (peer !== this.peer) return null;
    this.sample = readSample(report.values());
    return this.sample;
  }

  /** Counters are read at this moment: a hidden tab's timers may not have run for a minute. */
  private async sendHeartbeat(serverTime: number): Promise<void> {
    await this.readSample().catch((error: unknown) => this.log('getStats', error));
    const { audio, video, hand, screen } = this.state.me;
    const { flow: media, acks } = addSample(this.earlier, this.sample);
    // Nothing so far is an answer, too; not to know is none.
    const isKnown = this.sample !== null || media.audioPackets + media.videoFrames > 0;
    const signs = { ...(hand && { hand }), ...(screen && { screen }) };
    this.send({ type: 'heartbeat', audio, video, serverTime, ...signs, ...(isKnown && { media, acks }) });
  }

  private stop(): void {
    for (const cancel of this.timers) cancel();
    this.timers = [];
    this.closePeer();
    this.devices.stop();
    this.screen.stop();
    this.signaling.close('call-over');
  }
}

/** Make an id nobody guesses: 96 bits in hexadecimal. */
function makeId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
