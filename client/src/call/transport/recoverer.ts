// Drives the ladder of one call (recovery.ts): it looks at the connection several times a second, and whenever something happens.

import { readClock } from '../../base/clock';
import { Arrivals } from './arrivals';
import { Choke } from './choke';
import { readSample } from './quality';
import { ALONE, type Cause, recover, type Seen, type ShownLink, type Step, shownLink } from './recovery';
import type { LinkState } from './rtc-config';

const LOOK_EVERY_MS = 250;
/** Statistics cost the browser a few milliseconds. */
const LOOKS_FOR_STATISTICS = 2;

/** Timers of a hidden tab come once a second, at worst once a minute; a gap is a sleep for the socket's purposes, too. */
const SLEPT_MS = 10_000;

/** The connection, as the ladder sees it. */
export interface Watched {
  readonly state: LinkState;
  readonly hasNewAddress: boolean;
  readPlayed(): number | null;
  getStats(): Promise<RTCStatsReport>;
}

export interface RecoveryPort {
  readonly patienceMs: number;
  readonly connection: () => Watched | null;
  /** Whether an offer would reach the service. */
  readonly hasSocket: () => boolean;
  /** Whether the other side says that it sends, and this page is shown: a hidden page may play nothing. */
  readonly awaitsMedia: () => boolean;
  /** Nothing has arrived for *silentMs*: a socket that was as silent is opened anew. */
  readonly doubtSocket: (silentMs: number) => void;
  /** Most of what is sent is repeated: send less at once. */
  readonly sendLess: () => void;
  /** The machine has slept. */
  readonly wake: () => void;
  readonly take: (step: Step) => void;
  readonly show: (link: ShownLink) => void;
  readonly log: (what: string, detail: unknown) => void;
}

export class Recoverer {
  private recovery = ALONE;
  private arrivals = new Arrivals();
  private readonly choke = new Choke();
  private looks = 0;
  private timer: ReturnType<typeof setInterval> | undefined;
  private lookedAtMs = 0;
  private doubtedMs: number | null = null;

  constructor(private readonly port: RecoveryPort) {}

  start(): void {
    this.lookedAtMs = Date.now();
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.note('left');
  }

  /** Take what has happened: the ladder's step is done before this returns. */
  note(cause: Cause): void {
    const nowMs = readClock();
    if (cause === 'met') {
      this.arrivals = new Arrivals();
      this.arrivals.pause(nowMs);
    }
    if (cause === 'begun-over') this.reconnect(nowMs);
    const before = this.recovery;
    const { patienceMs } = this.port;
    const seen = this.see(nowMs);
    const [next, step] = recover(before, { cause, seen, patienceMs, nowMs });
    this.recovery = next;
    if (next.phase !== before.phase || step) this.port.log('ladder', { cause, ...seen, ...next, step });
    if (step === 'begin-over') this.reconnect(nowMs);
    if (step) this.port.take(step);
    if (next.phase !== 'alone') this.port.show(shownLink(this.recovery, nowMs));
  }

  private reconnect(nowMs: number): void {
    this.arrivals.reconnect(nowMs);
    this.choke.reset();
  }

  private look(): void {
    // Two clocks: one of them stands still while some machines sleep.
    const gapMs = Date.now() - this.lookedAtMs;
    this.lookedAtMs = Date.now();
    const connection = this.port.connection();
    if (!connection || this.recovery.phase === 'alone') return;
    const nowMs = readClock();
    if (gapMs > SLEPT_MS) this.port.wake();
    if (gapMs > SLEPT_MS || !this.port.awaitsMedia() || connection.state !== 'connected') {
      this.arrivals.pause(nowMs);
    } else if (this.arrivals.look(connection.readPlayed(), nowMs)) void this.count(connection);
    this.looks += 1;
    if (this.looks % LOOKS_FOR_STATISTICS === 0) void this.watchLine(connection);
    this.note('look');
  }

  private async count(connection: Watched): Promise<void> {
    const report = await connection.getStats().catch(() => null);
    if (!report || connection !== this.port.connection()) return;
    this.arrivals.count(readSample(report.values()).received, readClock());
  }

  private async watchLine(connection: Watched): Promise<void> {
    const report = await connection.getStats().catch(() => null);
    if (!report || connection !== this.port.connection()) return;
    if (this.choke.take(report.values(), readClock())) this.port.sendLess();
  }

  private see(nowMs: number): Seen {
    const { port, arrivals } = this;
    const { silentSinceMs, heardMs } = arrivals;
    if (silentSinceMs !== null && silentSinceMs !== this.doubtedMs) {
      this.doubtedMs = silentSinceMs;
      port.doubtSocket(nowMs - silentSinceMs);
    }
    const connection = port.connection();
    return {
      link: connection?.state ?? 'connecting',
      hasNewAddress: connection?.hasNewAddress ?? false,
      hasSocket: port.hasSocket(),
      awaitsMedia: port.awaitsMedia(),
      heardMs,
      silentSinceMs,
    };
  }
}
