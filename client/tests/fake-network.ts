// Peer connections without a browser, in the time of the test: what offers, answers, candidates and certificates do to each other
// (W3C WebRTC §4.4, RFC 8829, RFC 8445), and whether a path is there. A step that the standard forbids throws.

import { vi } from 'vitest';

type Description = { readonly type: 'offer' | 'answer'; readonly sdp: string };

/** Two machines and what lies between them. */
export class FakeNetwork {
  static current: FakeNetwork;
  readonly connections: FakePeerConnection[] = [];
  isCut = false;
  /** Names each machine's network. A path over an earlier one is dead. */
  readonly place = { student: 0, tutor: 0 };
  /** Where each browser believes to be: it may gather addresses of a network that is gone. */
  believed: Partial<Record<'student' | 'tutor', number>> = {};
  /** Whether a path of this generation carries no media. */
  isWedged: (fingerprint: string, fragment: string) => boolean = () => false;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(readonly random: () => number) {
    FakeNetwork.current = this;
    vi.stubGlobal('RTCPeerConnection', FakePeerConnection);
    vi.stubGlobal('MediaStream', FakeStream);
    this.timer = setInterval(() => {
      for (const connection of this.connections) connection.check();
    }, 50);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  find(fingerprint: string): FakePeerConnection | undefined {
    return this.connections.find((each) => each.fingerprint === fingerprint);
  }
}

class FakeStream {
  getTracks(): never[] {
    return [];
  }
}

/** One generation of candidates on both sides, as one side knows it. */
interface Agreed {
  readonly own: string;
  readonly theirs: string;
}

const DISCONNECTED_MS = 2_500;
const FAILED_MS = 15_000;
let made = 0;

export class FakePeerConnection {
  /** Whose machine makes the next connection. */
  static side: 'student' | 'tutor' = 'student';
  readonly side = FakePeerConnection.side;
  readonly fingerprint: string;
  signalingState: 'stable' | 'have-local-offer' | 'have-remote-offer' | 'closed' = 'stable';
  connectionState: RTCPeerConnectionState = 'new';
  readonly iceGatheringState = 'complete';
  onicecandidate: ((event: { candidate: unknown }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  oniceconnectionstatechange: (() => void) | null = null;
  ontrack: ((event: object) => void) | null = null;
  /** Everything that went wrong by the standard's rules. */
  readonly faults: string[] = [];
  readonly tried: string[] = [];
  configuration: RTCConfiguration;
  readonly channels: object[] = [];
  packets = 0;
  playedAt = 0;
  private local: { current: Description | null; pending: Description | null } = {
    current: null,
    pending: null,
  };
  private remote: { current: Description | null; pending: Description | null } = {
    current: null,
    pending: null,
  };
  private fragment = '';
  private generations = 0;
  private partner: string | null = null;
  private agreed: readonly Agreed[] = [];
  /** Where each own generation was gathered. */
  private readonly gatheredAt = new Map<string, number>();
  /** The generations of the other side of which a candidate is known. */
  private readonly known = new Set<string>();
  private lines = 0;
  private wholeMs = 0;
  /** Of the other side. After the first one, a rollback undoes too much in Chromium. */
  private descriptions = 0;

  constructor(configuration: RTCConfiguration) {
    made += 1;
    this.fingerprint = `c${made}`;
    this.configuration = configuration;
    FakeNetwork.current.connections.push(this);
  }

  get iceConnectionState(): string {
    return this.connectionState;
  }

  get localDescription(): Description | null {
    return this.local.pending ?? this.local.current;
  }

  get currentLocalDescription(): Description | null {
    return this.local.current;
  }

  get currentRemoteDescription(): Description | null {
    return this.remote.current;
  }

  get remoteDescription(): Description | null {
    return this.remote.pending ?? this.remote.current;
  }

  getConfiguration(): RTCConfiguration {
    return this.configuration;
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration;
  }

  addTransceiver(): object {
    this.lines += 1;
    return this.transceiver();
  }

  createDataChannel(label: string, init: RTCDataChannelInit): object {
    const channel = { label, ...init, readyState: 'connecting' };
    this.channels.push(channel);
    return channel;
  }

  getTransceivers(): object[] {
    return this.lines === 0 && this.remoteDescription
      ? [this.transceiver(), this.transceiver('video')]
      : Array.from({ length: this.lines }, () => this.transceiver());
  }

  getReceivers(): object[] {
    return [this.transceiver().receiver];
  }

  async getStats(): Promise<Map<string, object>> {
    const { packets } = this;
    return new Map([['in', { type: 'inbound-rtp', kind: 'audio', packetsReceived: packets }]]);
  }

  async createOffer({ iceRestart = false }: { iceRestart?: boolean } = {}): Promise<Description> {
    await this.takeTime();
    if (this.signalingState === 'have-remote-offer') this.fail('createOffer in have-remote-offer');
    if (iceRestart || this.fragment === '') this.fragment = this.nextFragment();
    return this.describe('offer');
  }

  async createAnswer(): Promise<Description> {
    await this.takeTime();
    if (this.signalingState !== 'have-remote-offer') this.fail(`createAnswer in ${this.signalingState}`);
    const isRestart = fragmentOf(this.remote.pending) !== fragmentOf(this.remote.current);
    if (isRestart || this.fragment === '') this.fragment = this.nextFragment();
    return this.describe('answer');
  }

  async setLocalDescription(description: { type: string; sdp?: string }): Promise<void> {
    await this.takeTime();
    if (description.type === 'rollback') return this.rollBack();
    const given = description as Description;
    if (given.type === 'offer') {
      if (this.signalingState === 'have-remote-offer') this.fail('a local offer in have-remote-offer');
      this.local.pending = given;
      this.signalingState = 'have-local-offer';
    } else {
      if (this.signalingState !== 'have-remote-offer') this.fail(`a local answer in ${this.signalingState}`);
      this.agree(given, this.remote.pending);
    }
    this.gather(fragmentOf(given));
  }

  async setRemoteDescription(description: Description): Promise<void> {
    await this.takeTime();
    const expected = description.type === 'offer' ? ['stable', 'have-remote-offer'] : ['have-local-offer'];
    if (!expected.includes(this.signalingState))
      this.fail(`a remote ${description.type} in ${this.signalingState}`);
    const [, fingerprint] = /fingerprint:sha-256 (\S+)/.exec(description.sdp) ?? [];
    if (!fingerprint) throw new Error('OperationError: no description');
    if (this.partner !== null && this.partner !== fingerprint) this.fail('another certificate');
    this.partner = fingerprint;
    this.descriptions += 1;
    for (const [, fragment] of description.sdp.matchAll(/a=candidate:(\S+)/g)) this.known.add(fragment ?? '');
    if (description.type === 'answer') this.agree(this.local.pending, description);
    else {
      this.remote.pending = description;
      this.signalingState = 'have-remote-offer';
    }
  }

  async addIceCandidate({ candidate }: { candidate: string }): Promise<void> {
    await this.takeTime();
    if (!this.remoteDescription) this.fail('a candidate without a description');
    this.tried.push(candidate);
    const [, fragment] = / ufrag (\S+)/.exec(candidate) ?? [];
    if (!fragment) throw new Error('OperationError: no candidate');
    this.known.add(fragment);
  }

  close(): void {
    this.signalingState = 'closed';
    this.connectionState = 'closed';
  }

  /** Whether packets come from the other side. */
  get hears(): boolean {
    const path = this.path();
    const { isWedged } = FakeNetwork.current;
    return this.connectionState === 'connected' && path !== null && !isWedged(this.fingerprint, path.own);
  }

  get partnerConnection(): FakePeerConnection | undefined {
    return this.partner === null ? undefined : FakeNetwork.current.find(this.partner);
  }

  /** Look whether there is a path, and tell when that has changed. */
  check(): void {
    if (this.signalingState === 'closed' || this.agreed.length === 0) return;
    const nowMs = Date.now();
    if (this.path()) {
      this.wholeMs = nowMs;
      this.become('connected');
      if (this.hears && this.partnerConnection?.connectionState === 'connected') {
        this.packets += 2;
        this.playedAt = nowMs;
      }
    } else if (this.connectionState === 'connected' && nowMs - this.wholeMs >= DISCONNECTED_MS) {
      this.become('disconnected');
    } else if (this.connectionState !== 'failed' && nowMs - this.wholeMs >= FAILED_MS) {
      this.become('failed');
    }
  }

  private path(): Agreed | null {
    const { isCut } = FakeNetwork.current;
    const there = this.partnerConnection;
    if (isCut || !there || there.signalingState === 'closed') return null;
    return this.agreed.find(({ own, theirs }) => this.reaches(there, own, theirs)) ?? null;
  }

  private reaches(there: FakePeerConnection, own: string, theirs: string): boolean {
    const isSame = there.agreed.some((each) => each.own === theirs && each.theirs === own);
    const isKnown = this.known.has(theirs) || there.known.has(own);
    return isSame && isKnown && this.isHere(own) && there.isHere(theirs);
  }

  private isHere(fragment: string): boolean {
    return this.gatheredAt.get(fragment) === FakeNetwork.current.place[this.side];
  }

  private become(state: RTCPeerConnectionState): void {
    if (this.connectionState === state) return;
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  private agree(own: Description | null, theirs: Description | null): void {
    this.local = { current: own, pending: null };
    this.remote = { current: theirs, pending: null };
    this.signalingState = 'stable';
    const next = { own: fragmentOf(own), theirs: fragmentOf(theirs) };
    if (this.agreed[0]?.own === next.own && this.agreed[0].theirs === next.theirs) return;
    // The path before stays until the new one is there.
    this.agreed = [next, ...this.agreed].slice(0, 2);
    if (this.connectionState !== 'connected') {
      this.wholeMs = Date.now();
      this.become('connecting');
    }
  }

  private rollBack(): void {
    if (this.signalingState !== 'have-local-offer') this.fail(`rollback in ${this.signalingState}`);
    if (this.descriptions === 1 && this.remote.current?.type === 'offer')
      this.fail('a rollback that takes the first answer with it');
    this.local.pending = null;
    this.fragment = fragmentOf(this.local.current);
    this.signalingState = 'stable';
  }

  private gather(fragment: string): void {
    if (this.gatheredAt.has(fragment)) return;
    const { place, believed } = FakeNetwork.current;
    const at = believed[this.side] ?? place[this.side];
    this.gatheredAt.set(fragment, at);
    const tell = (candidate: object | null) => {
      if (this.signalingState !== 'closed') this.onicecandidate?.({ candidate });
    };
    const plain = { sdpMid: '0', sdpMLineIndex: 0, usernameFragment: fragment };
    setTimeout(
      () => tell({ candidate: `candidate:1 1 udp 1 10.0.${at}.1 9 typ host ufrag ${fragment}`, ...plain }),
      1,
    );
    setTimeout(() => tell(null), 30);
  }

  private describe(type: 'offer' | 'answer'): Description {
    const { fingerprint, fragment } = this;
    return { type, sdp: `v=0\r\na=fingerprint:sha-256 ${fingerprint}\r\na=ice-ufrag:${fragment}\r\n` };
  }

  private nextFragment(): string {
    this.generations += 1;
    return `${this.fingerprint}-${this.generations}`;
  }

  private transceiver(kind = 'audio') {
    const { playedAt } = this;
    const track = { kind };
    return {
      mid: '0',
      direction: 'sendrecv',
      sender: {
        track: null,
        replaceTrack: async () => undefined,
        getParameters: () => ({}),
        getStats: async () => new Map(),
      },
      receiver: {
        track,
        getSynchronizationSources: () => (playedAt ? [{ timestamp: playedAt, audioLevel: 0 }] : []),
      },
    };
  }

  private async takeTime(): Promise<void> {
    const ms = Math.floor(FakeNetwork.current.random() * 20);
    await new Promise((resolve) => setTimeout(resolve, ms));
    if (this.signalingState === 'closed') throw new Error('InvalidStateError: closed');
  }

  private fail(what: string): never {
    this.faults.push(what);
    throw new Error(`InvalidStateError: ${what}`);
  }
}

function fragmentOf(description: Description | null): string {
  return /a=ice-ufrag:(\S+)/.exec(description?.sdp ?? '')?.[1] ?? '';
}

/** A generator of numbers in [0, 1) that gives the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
