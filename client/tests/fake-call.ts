// Two pages in one room, in the time of the test: the real reducer and the real media of a call, over fake peer connections and
// a service that only relays (src/langdao_video/signaling/room.py). Sockets can die with and without a word.

import { vi } from 'vitest';
import { CallMedia } from '../src/call/call-media';
import { Listeners } from '../src/call/listeners';
import { NOTHING_CHOSEN } from '../src/call/media/device-choices';
import type { Devices } from '../src/call/media/devices';
import { reduceCall } from '../src/call/reducer';
import { type Action, beginCall, type CallState } from '../src/call/state';
import type { ClientFrame, Peer, Role, RoomFrame } from '../src/call/transport/wire';
import { FakeNetwork, FakePeerConnection, seeded } from './fake-network';
import { WELCOME } from './story';

/** As RoomRules.seat_kept_ms. */
const SEAT_KEPT_MS = 5_000;
/** As Signaling's, when nobody has a reason to doubt. */
const SILENCE_MS = 15_000;

class FakePage {
  state: CallState;
  readonly media: CallMedia;
  readonly listeners = new Listeners();
  readonly logged: [string, unknown][] = [];
  readonly shown: string[] = [];
  readonly sent: ClientFrame[] = [];
  isJoined = false;
  /** Whether what goes through the socket arrives; the page does not know. */
  isDeaf = false;
  heardMs = 0;
  readonly log = (what: string, detail: unknown) => void this.logged.push([what, detail]);

  constructor(
    readonly role: Role,
    readonly page: string,
    readonly room: FakeRoom,
  ) {
    this.state = beginCall({ role, address: role, name: null, audio: true, video: true });
    FakePeerConnection.side = role;
    this.media = new CallMedia(
      role,
      devices(),
      this as unknown as ConstructorParameters<typeof CallMedia>[2],
    );
    this.media.start();
  }

  readonly dispatch = (action: Action): void => {
    const [state, effects] = reduceCall(this.state, action, Date.now());
    if (state.link !== this.state.link) this.shown.push(state.link);
    this.state = state;
    for (const effect of effects) {
      if (effect.kind === 'send') this.send(effect.frame);
      else this.act(() => this.media.perform(effect));
    }
  };

  readonly send = (frame: ClientFrame): void => {
    this.sent.push(frame);
    if (this.isJoined) this.room.relay(this, frame);
  };

  /** As Signaling.reopenIfSilent. */
  readonly doubtSocket = (silentMs = 7_000): void => {
    if (Date.now() - this.heardMs > silentMs) this.reopen();
  };

  /** The socket is lost; *loudly*: the page and the service know. */
  loseSocket(loudly: boolean): void {
    this.isDeaf = true;
    if (!loudly) return;
    this.isJoined = false;
    this.room.lose(this);
  }

  reopen(): void {
    this.isJoined = false;
    this.room.join(this);
  }

  /** Do *step* as this machine: a connection that it makes is this machine's. */
  act(step: () => void): void {
    const before = FakePeerConnection.side;
    FakePeerConnection.side = this.role;
    step();
    FakePeerConnection.side = before;
  }

  receive(frame: RoomFrame): void {
    this.heardMs = Date.now();
    this.act(() => this.dispatch({ type: 'frame', frame }));
  }
}

class FakeRoom {
  readonly pages: Partial<Record<Role, FakePage>> = {};
  private readonly kept: Partial<Record<Role, ReturnType<typeof setTimeout>>> = {};
  /** When the newest frame to a page arrives: a socket keeps the order. */
  private readonly arrivesMs: Partial<Record<Role, number>> = {};
  private readonly seated = new Set<Role>();
  private readonly sockets: Partial<Record<Role, number>> = {};
  isReachable = true;
  readonly pings: ReturnType<typeof setInterval>;

  constructor(private readonly network: FakeNetwork) {
    this.pings = setInterval(() => {
      for (const page of Object.values(this.pages)) {
        if (!page.isDeaf) page.heardMs = Date.now();
        else if (page.isJoined && Date.now() - page.heardMs > SILENCE_MS) page.reopen();
      }
    }, 5_000);
  }

  join(page: FakePage): void {
    this.pages[page.role] = page;
    setTimeout(() => this.seat(page), 20 + this.network.random() * 60);
  }

  relay(from: FakePage, frame: ClientFrame): void {
    const to = this.pages[from.role === 'student' ? 'tutor' : 'student'];
    if (from.isDeaf || !to || !('to' in frame) || frame.to !== to.page) return;
    const answer = { number: null, ...frame } as RoomFrame;
    if (this.seated.has(to.role)) this.deliver(to, answer);
  }

  lose(page: FakePage): void {
    this.seated.delete(page.role);
    clearTimeout(this.kept[page.role]);
    this.kept[page.role] = setTimeout(() => {
      const other = this.other(page);
      const reason = 'connection-lost';
      if (other) this.deliver(other, { type: 'peer-left', role: page.role, reason, timestamp: Date.now() });
    }, SEAT_KEPT_MS);
  }

  private seat(page: FakePage): void {
    if (!this.isReachable) {
      setTimeout(() => this.seat(page), 500);
      return;
    }
    clearTimeout(this.kept[page.role]);
    this.seated.add(page.role);
    page.isDeaf = false;
    page.isJoined = true;
    this.sockets[page.role] = (this.sockets[page.role] ?? 0) + 1;
    const other = this.other(page);
    const peer = other && this.seated.has(other.role) ? describe(other) : null;
    page.receive({ ...WELCOME, role: page.role, peer });
    if (other) {
      this.deliver(other, {
        type: 'peer-joined',
        peer: describe(page),
        timestamp: Date.now(),
        tookOver: false,
      });
    }
  }

  private other(page: FakePage): FakePage | undefined {
    return this.pages[page.role === 'student' ? 'tutor' : 'student'];
  }

  private deliver(to: FakePage, frame: RoomFrame): void {
    const socket = this.sockets[to.role];
    const atMs = Math.max(
      this.arrivesMs[to.role] ?? 0,
      Date.now() + 5 + Math.floor(this.network.random() * 40),
    );
    this.arrivesMs[to.role] = atMs;
    setTimeout(() => {
      if (!to.isDeaf && to.isJoined && socket === this.sockets[to.role]) to.receive(frame);
    }, atMs - Date.now());
  }
}

export interface FakeCall {
  readonly network: FakeNetwork;
  readonly room: FakeRoom;
  readonly student: FakePage;
  readonly tutor: FakePage;
  readonly pages: readonly [FakePage, FakePage];
}

/** Let the two meet: the student was there first. */
export async function begin(random = seeded(1)): Promise<FakeCall> {
  const network = new FakeNetwork(random);
  const room = new FakeRoom(network);
  const student = new FakePage('student', 'page-of-student', room);
  const tutor = new FakePage('tutor', 'page-of-tutor', room);
  room.join(student);
  await pass(200);
  room.join(tutor);
  await pass(1_000);
  await vi.dynamicImportSettled(); // the ladder
  await pass(1_000);
  return { network, room, student, tutor, pages: [student, tutor] };
}

/** Let the test's own time pass. */
export async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

function open(network: FakeNetwork) {
  return network.connections.filter(({ signalingState }) => signalingState !== 'closed');
}

/** Tell whether both are connected to each other, and hear each other. */
export function areTogether({ network, pages }: FakeCall): boolean {
  const connections = open(network);
  const [one, other] = connections;
  return (
    connections.length === 2 &&
    one?.partnerConnection === other &&
    other?.partnerConnection === one &&
    connections.every(({ hears }) => hears) &&
    pages.every(({ state }) => state.link === 'connected')
  );
}

/** Wait until the two are together, *msMax* at most; returns how long that took. */
export async function waitUntilTogether(call: FakeCall, msMax: number): Promise<number> {
  const startMs = Date.now();
  while (!areTogether(call) && Date.now() - startMs < msMax) await pass(100);
  return Date.now() - startMs;
}

/** List everything that went wrong by the standard’s rules. */
export function faults({ network }: FakeCall): string[] {
  return network.connections.flatMap((each) => each.faults);
}

function describe({ role, page }: FakePage): Peer {
  const signs = { hand: false, screen: false, network: 'good', videoPaused: false } as const;
  return { role, page, address: role, name: null, audio: true, video: true, ...signs };
}

function devices(): Devices {
  const choices = { subscribe: () => undefined, get: () => NOTHING_CHOSEN };
  return {
    choices,
    tracks: { audio: null, video: null },
    sent: { audio: null, video: null },
    subscribe: () => undefined,
    sharpen: () => undefined,
  } as unknown as Devices;
}
