// Drives one call: carries out what call.ts decides, and brings back what happened. Knows no page: whoever
// shows the call gets its state and its two streams through callbacks.

import type { ParentEvent } from '../embed/parent-events';
import { reduceCall } from './call';
import { type Speaking, watchSpeaking } from './levels';
import type { CallLink } from './link';
import { type Devices, openDevices, sharpen } from './media';
import type { Memory } from './memory';
import { type Kind, PeerLink } from './peer';
import { addFlow, rateQuality, readSample, type Sample } from './quality';
import { Signaling } from './signaling';
import { type Action, beginCall, type CallState, type Effect } from './state';
import { type ClientFrame, type Join, type MediaFlow, NO_FLOW } from './wire';

const QUALITY_EVERY_MS = 2_000;

/** Shows the call. It may come late: `watch` tells it how things stand. */
export interface CallWatcher {
  readonly onState: (state: CallState) => void;
  readonly onOwnStream: (stream: MediaStream | null) => void;
  readonly onRemoteStream: (stream: MediaStream | null) => void;
  readonly onSpeaking: (speaking: Speaking) => void;
}

export class Call {
  state: CallState;

  private readonly page = makeId();
  private readonly signaling: Signaling;
  private readonly tracks: Record<Kind, MediaStreamTrack | null> = { audio: null, video: null };
  private peer: PeerLink | null = null;
  private own: MediaStream | null = null;
  private remote: MediaStream | null = null;
  private readonly watchers: Partial<CallWatcher>[] = [];
  private servers: RTCIceServer[] = [];
  private sample: Sample | null = null;
  private earlierFlow: MediaFlow = NO_FLOW;
  private readonly sharpened = new WeakSet<MediaStreamTrack>();
  private takesOver = false;
  private timers: (() => void)[] = [];

  constructor(
    private readonly link: CallLink,
    private readonly memory: Memory,
    private readonly tellParent: (event: ParentEvent) => void,
    private readonly log: (what: string, detail: unknown) => void,
  ) {
    this.state = beginCall({ role: link.role, address: link.address ?? '', audio: true, video: true });
    this.signaling = new Signaling(link.socketUrl, {
      makeJoin: () => this.makeJoin(),
      onFrame: (frame) => this.dispatch({ type: 'frame', frame }),
      onLost: (closeCode, retryInMs) => {
        this.log('socket lost', { closeCode, retryInMs });
        this.dispatch({ type: 'socket-lost', isFinal: retryInMs === null });
      },
      log,
    });
  }

  /** Begin: socket, camera and peer connection at once, none waits for another. */
  start(): void {
    this.signaling.open();
    // Only now: the first look into the storage may take the browser longer than everything else here.
    const { audio, video } = this.memory.get();
    this.state = { ...this.state, me: { ...this.state.me, audio, video } };
    this.open({ audio, video });
    this.peer = this.makePeer();
    this.peer.prepareOffer();
    const rating = setInterval(() => void this.rate(), QUALITY_EVERY_MS);
    this.timers = [
      () => clearInterval(rating),
      watchSpeaking(
        () => (this.state.link === 'connected' ? this.peer : null),
        () => !this.state.me.audio,
        (speaking) => this.tell('onSpeaking', speaking),
      ),
    ];
  }

  /** Show the call to *watcher*, from how it stands now. */
  watch(watcher: Partial<CallWatcher>): void {
    this.watchers.push(watcher);
    watcher.onState?.(this.state);
    watcher.onOwnStream?.(this.own);
    watcher.onRemoteStream?.(this.remote);
  }

  /** Take something that happened; what follows from it is done before this returns. */
  dispatch(action: Action): void {
    const before = this.state;
    const [state, effects] = reduceCall(before, action, Date.now());
    this.state = state;
    for (const effect of effects) this.perform(effect);
    if (state !== before) this.tell('onState', this.state);
  }

  say(text: string): void {
    this.dispatch({ type: 'say', id: makeId(), text });
  }

  /** Try the devices again that could not be had. */
  retryDevices(): void {
    const { missing } = this.state;
    this.dispatch({ type: 'dismiss-problem' });
    for (const device of ['audio', 'video'] as const) {
      if (missing[device]) this.dispatch({ type: 'switch', device, on: true });
    }
  }

  /** The network is back: find out at once. */
  reconnect(): void {
    this.signaling.reopen();
  }

  /** The page goes away for good. */
  leave(reason: string): void {
    this.memory.leave();
    this.signaling.close(reason);
  }

  private tell<K extends keyof CallWatcher>(what: K, value: Parameters<CallWatcher[K]>[0]): void {
    for (const watcher of this.watchers) (watcher[what] as ((value: unknown) => void) | undefined)?.(value);
  }

  private perform(effect: Effect): void {
    switch (effect.kind) {
      case 'send':
        this.send(effect.frame);
        return;
      case 'answer-ping':
        void this.sendHeartbeat();
        return;
      case 'use-servers':
        this.servers = effect.servers.map(toIceServer).filter(isUsable);
        this.peer?.setIceServers(this.servers);
        return;
      case 'prepare':
        this.replacePeer();
        return;
      case 'meet':
        this.meet(effect.page, effect.offer);
        return;
      case 'renew':
        void this.peer?.offer(true);
        return;
      case 'signal':
        this.receiveSignal(effect.frame);
        return;
      case 'switch':
        this.switchDevice(effect.device, effect.on);
        return;
      case 'remember':
        this.memory.set(effect.changes);
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

  private makeJoin(): Join {
    const { role, address, language, sessionStart, token } = this.link;
    const { resume } = this.memory.get();
    const { audio, video } = this.state.me;
    const takeover = this.takesOver;
    this.takesOver = false;
    return {
      type: 'join',
      page: this.page,
      role,
      ...(address !== null && { address }),
      ...(language !== null && { language }),
      ...(sessionStart !== null && { sessionStart }),
      ...(token !== null && { token }),
      ...(resume !== null && { resume }),
      ...(takeover && { takeover }),
      ...(!audio && { audio }),
      ...(!video && { video }),
    };
  }

  /** A socket that asks "use it here?" is still open; after a move it is gone, and so is everything else. */
  private takeOver(): void {
    this.takesOver = true;
    if (this.signaling.send(this.makeJoin())) return;
    this.takesOver = true;
    this.start();
  }

  // ── The peer ──────────────────────────────────────────────────────────────────────────────────

  private meet(page: string, offer: boolean): void {
    // What was prepared is used for the first one who comes; it is an offer's shape only before `welcome`.
    if (!this.peer || this.peer.page !== null) this.replacePeer();
    if (!this.peer) return;
    this.peer.page = page;
    if (offer) void this.peer.offer();
  }

  private replacePeer(): void {
    this.closePeer();
    this.peer = this.makePeer();
  }

  private makePeer(): PeerLink {
    const peer: PeerLink = new PeerLink(
      { isPolite: this.link.role === 'student', iceServers: this.servers, tracks: this.tracks },
      {
        send: (frame) => this.send(frame),
        onTrack: (track) => this.peer === peer && this.addRemoteTrack(track),
        onState: (state) => this.peer === peer && this.dispatch({ type: 'link', state }),
        log: this.log,
      },
    );
    return peer;
  }

  private closePeer(): void {
    if (this.sample) this.earlierFlow = addFlow(this.earlierFlow, this.sample.flow);
    this.sample = null;
    this.peer?.close();
    this.peer = null;
    this.remote = null;
    this.tell('onRemoteStream', null);
  }

  private addRemoteTrack(track: MediaStreamTrack): void {
    this.remote ??= new MediaStream();
    for (const old of this.remote.getTracks()) {
      if (old.kind === track.kind && old !== track) this.remote.removeTrack(old);
    }
    this.remote.addTrack(track);
    this.tell('onRemoteStream', this.remote);
  }

  private receiveSignal(frame: (Effect & { kind: 'signal' })['frame']): void {
    if (frame.type === 'offer') this.peer?.receiveOffer(frame.sdp);
    else if (frame.type === 'answer') this.peer?.receiveAnswer(frame.sdp);
    else this.peer?.receiveCandidate(frame.candidate);
  }

  private async rate(): Promise<void> {
    const before = this.sample;
    const sample = await this.readSample();
    if (!sample || this.state.link !== 'connected') return;
    const quality = rateQuality(before, sample);
    if (quality !== this.state.quality) this.dispatch({ type: 'quality', quality });
    // Not from the first sample: the first seconds belong to the first picture.
    if (before && quality === 'excellent') this.sharpenOnce();
  }

  private sharpenOnce(): void {
    const { video } = this.tracks;
    if (!video || this.sharpened.has(video)) return;
    this.sharpened.add(video);
    void sharpen(video);
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
  private async sendHeartbeat(): Promise<void> {
    await this.readSample().catch((error: unknown) => this.log('getStats', error));
    const { audio, video } = this.state.me;
    const media = this.sample ? addFlow(this.earlierFlow, this.sample.flow) : this.earlierFlow;
    const hasMedia = media.audioPackets + media.videoFrames > 0;
    this.send({ type: 'heartbeat', audio, video, ...(hasMedia && { media }) });
  }

  // ── The own devices ───────────────────────────────────────────────────────────────────────────

  private open(wanted: Readonly<Record<Kind, boolean>>): void {
    void openDevices(wanted).then((devices) => this.useDevices(wanted, devices));
  }

  private useDevices(wanted: Readonly<Record<Kind, boolean>>, devices: Devices): void {
    for (const kind of ['audio', 'video'] as const) {
      const track = devices[kind];
      if (!wanted[kind]) continue;
      // Switched off, or the call over, while the browser asked: nothing may stay open behind a person's back.
      if (track && (this.state.outcome || (kind === 'video' && !this.state.me.video))) track.stop();
      else this.useTrack(kind, track);
    }
    const opened = {
      ...(wanted.audio && { audio: devices.audio !== null }),
      ...(wanted.video && { video: devices.video !== null }),
    };
    this.dispatch({ type: 'devices', opened, problem: devices.problem });
  }

  private useTrack(kind: Kind, track: MediaStreamTrack | null): void {
    this.tracks[kind] = track;
    if (track) {
      track.enabled = this.state.me[kind];
      track.onended = () => {
        if (this.tracks[kind] !== track) return;
        this.useTrack(kind, null);
        this.dispatch({ type: 'devices', opened: { [kind]: false }, problem: 'not-found' });
      };
    }
    this.peer?.setTrack(kind, track);
    this.showOwnStream();
  }

  private showOwnStream(): void {
    const { video } = this.tracks;
    this.own = video && new MediaStream([video]);
    this.tell('onOwnStream', this.own);
  }

  /** The microphone stays open while muted, to be back at once; the camera is let go, so that its light is off. */
  private switchDevice(kind: Kind, on: boolean): void {
    const track = this.tracks[kind];
    if (kind === 'audio' && track) {
      track.enabled = on;
      return;
    }
    if (on && !track) this.open({ audio: kind === 'audio', video: kind === 'video' });
    if (on || !track) return;
    this.useTrack(kind, null);
    track.stop();
  }

  private stop(): void {
    for (const cancel of this.timers) cancel();
    this.timers = [];
    for (const kind of ['audio', 'video'] as const) {
      const track = this.tracks[kind];
      this.tracks[kind] = null;
      track?.stop();
    }
    this.closePeer();
    this.showOwnStream();
    this.signaling.close('call-over');
  }
}

function toIceServer(server: {
  readonly urls: readonly string[];
  readonly username: string | null;
  readonly credential: string | null;
}): RTCIceServer {
  const { urls, username, credential } = server;
  return {
    urls: [...urls],
    ...(username !== null && { username }),
    ...(credential !== null && { credential }),
  };
}

/** A server that the browser does not understand is left out: the call may well do without it (R20). */
function isUsable({ urls }: RTCIceServer): boolean {
  return [urls].flat().every((url) => /^(stun|stuns|turn|turns):\S+$/.test(url));
}

/** Make an id nobody guesses: 96 bits in hexadecimal. */
function makeId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
