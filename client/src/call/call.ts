// Drives one call: it performs the reducer's effects and brings back what happened as actions. Law: only the reducer makes a
// new state. It knows no page: the page subscribes to the state and to the streams.

import { readClock } from '../base/clock';
import type { MediaKind } from '../base/media-kind';
import type { ParentEvent } from '../embed/parent-events';
import { CallMedia } from './call-media';
import { makeJoin, makeLobbyJoin } from './handshake';
import type { CallLink } from './link';
import { attempt, type CallListener, Listeners } from './listeners';
import type { Devices } from './media/devices';
import { makeId } from './page-id';
import { reduceCall } from './reducer';
import { type Action, beginCall, type CallState, type Effect, signsOf } from './state';
import type { TabMemory } from './tab-memory';
import { Signaling } from './transport/signaling';
import type { ClientFrame, Join, LobbyJoin } from './transport/wire';

export class Call {
  state: CallState;
  readonly media: CallMedia;
  readonly listeners = new Listeners();

  /** An early socket has joined with this id. */
  private readonly page = globalThis.langdaoPage ?? makeId();
  private readonly signaling: Signaling;
  private takesOver = false;

  constructor(
    private readonly link: CallLink,
    private readonly memory: TabMemory,
    private readonly devices: Devices,
    private readonly tellParent: (event: ParentEvent) => void,
    readonly log: (what: string, detail: unknown) => void,
  ) {
    this.state = beginCall({ role: link.role, address: link.address ?? '', name: link.name, ...devices.on });
    this.signaling = new Signaling(link.socketUrl, {
      makeHandshake: () => this.makeHandshake(),
      makeSecondHandshake: () => this.makeFirstFrame(false),
      onFrame: (frame) => this.dispatch({ type: 'frame', frame }),
      onLost: (closeCode, retryInMs) => {
        this.log('socket lost', { closeCode, retryInMs });
        this.dispatch({ type: 'socket-lost', isFinal: retryInMs === null });
      },
      log,
    });
    this.media = new CallMedia(link.role, devices, this);
    devices.subscribe({
      onStream: (stream) => this.listeners.emit('onOwnStream', stream),
      onStatus: (status) => this.dispatch({ type: 'devices', status }),
    });
  }

  /** Begin: the socket, the devices and the peer connection at once, none waits for another. With *inLobby* the page opens
   * the devices, and the call waits for the action `join`. */
  start(inLobby = false): void {
    this.signaling.open();
    const { devices, memory } = this;
    // Open devices have reported their status already.
    if (inLobby)
      this.dispatch({ type: 'join-lobby', on: devices.isOpen ? null : devices.wantedSwitches(memory.get()) });
    else this.openDevices();
    this.media.start();
  }

  /** Open the own devices, by default as they were left, unless they are open. */
  openDevices(wanted: Readonly<Record<MediaKind, boolean | null>> = this.memory.get()): void {
    if (this.devices.isOpen) return;
    this.devices.open(wanted);
    this.dispatch({ type: 'devices-opened', on: this.devices.on });
  }

  /** Show the call to *listener*: how it stands now, and every change. */
  subscribe(listener: Partial<CallListener>): void {
    const { media } = this;
    this.listeners.add(listener);
    listener.onState?.(this.state);
    listener.onOwnStream?.(this.devices.stream);
    listener.onRemoteStream?.(media.remote);
    listener.onOwnScreen?.(media.screen.stream);
    listener.onRemoteScreen?.(media.shownScreen);
    listener.onChannel?.(media.channel);
  }

  /** Take something that happened; its effects are done before this returns. */
  readonly dispatch = (action: Action): void => {
    const before = this.state;
    const [state, effects] = reduceCall(before, action, readClock());
    this.state = state;
    for (const effect of effects) attempt(() => this.perform(effect));
    if (state !== before) this.listeners.emit('onState', this.state);
    if (state.link === 'reconnecting' && before.link !== state.link) this.doubtSocket();
    if (state.peer?.screen !== before.peer?.screen) {
      this.listeners.emit('onRemoteScreen', this.media.shownScreen);
    }
  };

  say(text: string): void {
    this.dispatch({ type: 'say', id: makeId(), text });
  }

  /** Try the missing devices again. */
  retryDevices(): void {
    const { missing } = this.state;
    this.dispatch({ type: 'dismiss-problem' });
    this.devices.retry(missing);
  }

  /** The network is back, or it is another one: a new socket and a new path for the media. */
  changeNetwork(): void {
    this.reconnect();
    this.media.changeNetwork();
  }

  reconnect(): void {
    this.signaling.reopen();
  }

  /** Whether what is sent now reaches the room. */
  get isJoined(): boolean {
    return this.signaling.isJoined;
  }

  /** Open a new socket where the present one has been silent for *silentMs*, or for longer than a ping takes. */
  doubtSocket(silentMs?: number): void {
    this.signaling.reopenIfSilent(silentMs);
  }

  /** The person is back at the page: a socket or a device that slept meanwhile may be gone. */
  wake(): void {
    this.doubtSocket();
    this.devices.wake();
    this.media.wake();
  }

  /** The page goes away for good. */
  leave(reason: string): void {
    if (!this.state.lobby) this.memory.leave();
    this.signaling.close(reason);
  }

  readonly send = (frame: ClientFrame): void => {
    if (!this.signaling.send(frame)) this.log('not sent', frame.type);
  };

  private perform(effect: Effect): void {
    switch (effect.kind) {
      case 'send':
        this.send(effect.frame);
        return;
      case 'answer-ping':
        void this.sendHeartbeat(effect.serverTime);
        return;
      case 'join':
        this.join();
        return;
      case 'switch':
        this.devices.switch(effect.device, effect.on);
        return;
      case 'remember':
        // Seated: until then each new socket asks for the seat anew.
        if (effect.changes.resume) this.takesOver = false;
        this.memory.set(effect.changes);
        return;
      case 'show-reaction':
        this.listeners.emit('onReaction', { role: effect.role, reaction: effect.reaction });
        return;
      case 'take-over':
        this.takesOver = true;
        this.start();
        return;
      case 'stop':
        this.stop();
        return;
      case 'tell-parent':
        this.tellParent(effect.event);
        return;
      default:
        this.media.perform(effect);
    }
  }

  private makeHandshake(): LobbyJoin | Join {
    this.dispatch({ type: 'socket-opened' });
    return this.makeFirstFrame(this.takesOver);
  }

  private makeFirstFrame(takeover: boolean): LobbyJoin | Join {
    if (this.state.lobby) return makeLobbyJoin(this.link, this.page);
    return makeJoin(this.link, this.page, this.state.me, { resume: this.memory.get().resume, takeover });
  }

  /** Joining is a gesture: devices that are not open yet are asked for now, as on a page without a lobby. */
  private join(): void {
    this.openDevices();
    if (!this.signaling.send(this.makeHandshake()) && this.state.socket !== 'opening')
      this.signaling.reopen();
  }

  private async sendHeartbeat(serverTime: number): Promise<void> {
    const counts = await this.media.readCounts();
    const { me } = this.state;
    this.send({
      type: 'heartbeat',
      audio: me.audio,
      video: me.video,
      serverTime,
      ...signsOf(me),
      ...counts,
    });
  }

  private stop(): void {
    this.media.stop();
    this.devices.stop();
    this.signaling.close('call-over');
  }
}
