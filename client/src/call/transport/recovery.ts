// The ladder from a lost path back to a moving picture, as one table. Pure: it takes what the page sees and the time, and says
// which step to take. Laws: evidence decides, and no timer that fires late; no step is taken while nobody would hear of it;
// every wait is bounded, and each new connection waits longer.

import type { LinkState } from './rtc-config';

export type Phase =
  /** There is nobody to connect to. */
  | 'alone'
  /** A new connection, the first one or one begun over. */
  | 'meeting'
  | 'connected'
  /** Connected, but this machine has another network: a restart waits for the socket. */
  | 'roaming'
  /** ICE is `disconnected`: a short gap mends itself. */
  | 'interrupted'
  /** New candidates are on their way (RFC 8445 §9), or will be once there is a socket to send them on. */
  | 'restarting';

/** *restart*: an ICE restart of this connection. *begin-over*: another connection to the same page. */
export type Step = 'restart' | 'begin-over';

/** What has happened, apart from what is seen. */
type News =
  /** This machine has another network. */
  | 'network-changed'
  /** This page has its socket back: what it sent last may be lost. */
  | 'socket-back'
  /** The other side has restarted this connection. */
  | 'their-restart'
  /** There is another connection, because the other side has begun over. */
  | 'begun-over';

/** *look*: nothing but the time. *met*: the two have been told of each other. *left*: there is nobody any more. */
export type Cause = News | 'look' | 'met' | 'left';

export interface Seen {
  readonly link: LinkState;
  /** Whether an offer would reach the service. */
  readonly hasSocket: boolean;
  /** Whether the other side says that it sends, and this page would notice. */
  readonly awaitsMedia: boolean;
  /** When media last arrived, page ms; null before the first. */
  readonly heardMs: number | null;
  /** Since when awaited media has been missing, page ms; null while it arrives, or may. */
  readonly silentSinceMs: number | null;
  /** Whether the own candidates since the newest restart name an address that those before did not. */
  readonly hasNewAddress: boolean;
}

export interface Recovery {
  readonly phase: Phase;
  /** When this phase began, page ms. */
  readonly sinceMs: number;
  /** When the patience of this phase ends, page ms; null: it has no end. */
  readonly dueMs: number | null;
  /** Since when the picture has been missing, page ms; null while it is there, or never was. */
  readonly downMs: number | null;
  /** How many connections were begun over since the two last met. */
  readonly begunOver: number;
  /** How many steps a silence has cost since media last arrived. */
  readonly silentSteps: number;
  readonly lookedMs: number;
  readonly restartedMs: number;
  /** When this machine last got another network, page ms. */
  readonly movedMs: number;
  /** How many restarts since then were repeated, because the browser did not know the new network yet. */
  readonly repeats: number;
}

export const INTERRUPTED_MS_MAX = 2_000;
export const RESTART_MS_MAX = 5_000;

/** Their restart begins the wait again, but a side that restarts for ever does not hold up the next step: so many waits. */
const WAITS_MAX = 3;

/** Two who have never met: each new connection waits twice as long, up to four times the first wait (docs/protocol.md). */
const DOUBLINGS_MAX = 2;

/** Two who have met before do it in a second. A longer wait would outlast the reason for it. */
const REJOIN_MS_MAX = 8_000;

/** A change of the network is reported several times. */
const RESTART_EVERY_MS = 1_000;

/** Chromium tells a page of another network up to a second before it gathers addresses there. A restart of a machine that has
 * moved and that brought no new address after this time is made once more; so many times, because the address may be the same. */
const ADDRESS_MS_MAX = 1_000;
const REPEATS_MAX = 2;
const MOVED_MS = 10_000;

/** Looks come several times a second. One that is so late tells of a sleep or of a hidden tab, and nothing of the network. */
const LATE_MS = 3_000;

/** After a late look the browser has this time to say how the connection is. */
const AWAKE_MS = 2_000;

/** Media that does not come after so many steps is not the network's fault. */
const SILENT_STEPS_MAX = 3;

/** A shorter gap is not put into words: they would flicker. */
export const WORDS_MS = 2_500;

/** *stale*: the restart went without an address of the new network. */
type Sign = News | 'up' | 'down' | 'failed' | 'silent' | 'stale' | 'due';
type Row = readonly [next: Phase, step?: Step];
type Rows = Readonly<Partial<Record<Sign, Row>>>;

const RESTART: Row = ['restarting', 'restart'];

const NEXT: Readonly<Record<Phase, Rows>> = {
  alone: {},
  meeting: {
    up: ['connected'],
    failed: RESTART,
    due: ['meeting', 'begin-over'],
    'network-changed': ['meeting', 'restart'],
    'socket-back': ['meeting', 'restart'],
    'their-restart': ['meeting'],
    'begun-over': ['meeting'],
  },
  connected: {
    down: ['interrupted'],
    failed: RESTART,
    silent: RESTART,
    'network-changed': RESTART,
    'begun-over': ['meeting'],
  },
  roaming: {
    down: ['restarting'],
    failed: RESTART,
    silent: RESTART,
    'socket-back': RESTART,
    'begun-over': ['meeting'],
  },
  interrupted: {
    up: ['connected'],
    failed: RESTART,
    due: RESTART,
    'network-changed': RESTART,
    'socket-back': RESTART,
    'their-restart': ['restarting'],
    'begun-over': ['meeting'],
  },
  restarting: {
    up: ['connected'],
    stale: RESTART,
    due: ['meeting', 'begin-over'],
    'network-changed': RESTART,
    'socket-back': RESTART,
    'their-restart': ['restarting'],
    'begun-over': ['meeting'],
  },
};

export const ALONE: Recovery = {
  phase: 'alone',
  sinceMs: 0,
  dueMs: null,
  downMs: null,
  begunOver: 0,
  silentSteps: 0,
  lookedMs: 0,
  restartedMs: -Infinity,
  movedMs: -Infinity,
  repeats: 0,
};

/** *interrupted* looks like *connected*: the picture may be back before anybody has read that it is gone. */
export type ShownLink = 'connecting' | 'connected' | 'interrupted' | 'reconnecting';

/** What has happened at *nowMs* (page ms), and how things stand. *patienceMs*: how long a first connection may take. */
export interface Moment {
  readonly cause: Cause;
  readonly seen: Seen;
  readonly patienceMs: number;
  readonly nowMs: number;
}

/** Say where the ladder stands after *moment*, and which step to take now. */
export function recover(before: Recovery, moment: Moment): readonly [Recovery, Step | null] {
  const { cause, nowMs } = moment;
  if (cause === 'left') return [ALONE, null];
  if (cause === 'met') {
    const met = wait({ ...ALONE, lookedMs: nowMs }, 'meeting', moment);
    const { link } = moment.seen;
    // This file is loaded after the first picture: a path that is lost by then was there.
    const [stood] =
      link === 'connected' || link === 'disconnected' ? enter(met, ['connected'], moment) : [met];
    return link === 'disconnected' ? enter(stood, ['interrupted'], moment) : [stood, null];
  }
  const now = noteHeard({ ...before, ...noteMove(before, moment), lookedMs: nowMs }, moment.seen);
  if (cause === 'look' && nowMs - before.lookedMs > LATE_MS) {
    return [{ ...now, dueMs: now.dueMs && Math.max(now.dueMs, nowMs + AWAKE_MS) }, null];
  }
  const row = signsOf(now, moment)
    .map((sign) => NEXT[now.phase][sign])
    .find((each) => each !== undefined);
  return row ? enter(now, row, moment) : [now, null];
}

/** Say how the connection is shown. A gap that mends itself soon is not shown. */
export function shownLink({ phase, downMs }: Recovery, nowMs: number): ShownLink {
  if (phase === 'connected' || phase === 'roaming') return 'connected';
  if (downMs === null) return 'connecting';
  return nowMs - downMs < WORDS_MS ? 'interrupted' : 'reconnecting';
}

function noteHeard(now: Recovery, { heardMs }: Seen): Recovery {
  return heardMs !== null && heardMs > now.sinceMs ? { ...now, silentSteps: 0 } : now;
}

/** One change is reported several times. */
function noteMove({ movedMs, repeats }: Recovery, { cause, nowMs }: Moment): Partial<Recovery> {
  const isNew = cause === 'network-changed' && nowMs - movedMs > MOVED_MS;
  return isNew ? { movedMs: nowMs, repeats: 0 } : { movedMs, repeats };
}

/** A new connection has had no time for media. After a silence, only media proves that the path is whole. */
function isUp({ phase, silentSteps }: Recovery, { link, awaitsMedia, silentSinceMs }: Seen): boolean {
  if (link !== 'connected') return false;
  return phase === 'meeting' || !awaitsMedia || (silentSteps === 0 && silentSinceMs === null);
}

/** Name what counts, the strongest first. A path with media proves more than most news. */
function signsOf(now: Recovery, { cause, seen, nowMs }: Moment): readonly Sign[] {
  const signs: Sign[] = cause === 'begun-over' ? [cause] : [];
  if (isUp(now, seen)) signs.push('up');
  if (cause !== 'look' && cause !== 'met' && cause !== 'left') signs.push(cause);
  if (seen.link === 'failed') signs.push('failed');
  else if (seen.link !== 'connected') signs.push('down');
  else if (seen.silentSinceMs !== null && now.silentSteps < SILENT_STEPS_MAX) signs.push('silent');
  if (isStale(now, seen, nowMs)) signs.push('stale');
  if (now.dueMs !== null && nowMs >= now.dueMs && (seen.hasSocket || now.phase === 'interrupted'))
    signs.push('due');
  return signs;
}

function isStale({ phase, movedMs, repeats, sinceMs }: Recovery, seen: Seen, nowMs: number): boolean {
  const isLate = phase === 'restarting' && nowMs - sinceMs >= ADDRESS_MS_MAX && nowMs - movedMs < MOVED_MS;
  return isLate && !seen.hasNewAddress && seen.hasSocket && repeats < REPEATS_MAX;
}

function enter(before: Recovery, [phase, step]: Row, moment: Moment): readonly [Recovery, Step | null] {
  const { cause, seen, nowMs } = moment;
  if (phase === 'connected') {
    return [{ ...before, phase, sinceMs: nowMs, dueMs: null, downMs: null, begunOver: 0 }, null];
  }
  const isNews = cause === 'network-changed';
  if (isNews && !seen.hasSocket && before.phase === 'connected')
    return [{ ...before, phase: 'roaming' }, null];
  if (isNews && nowMs - before.restartedMs < RESTART_EVERY_MS) return [before, null];
  const now = leave(before, seen, nowMs);
  if (phase === 'interrupted') return [wait(now, phase, moment), null];
  if (!step)
    return [cause === 'their-restart' ? waitForThem(now, phase, moment) : wait(now, phase, moment), null];
  if (!seen.hasSocket) return [{ ...wait(now, phase, moment), dueMs: null }, null];
  const silentSteps = now.silentSteps + Number(seen.silentSinceMs !== null);
  const begunOver = now.begunOver + Number(step === 'begin-over');
  const repeats = now.repeats + Number(isStale(before, seen, nowMs));
  return [{ ...wait({ ...now, begunOver, silentSteps, repeats }, phase, moment), restartedMs: nowMs }, step];
}

/** The picture may have stopped before anybody said so. */
function leave(before: Recovery, { silentSinceMs }: Seen, nowMs: number): Recovery {
  const hadPicture = before.phase === 'connected' || before.phase === 'roaming';
  return hadPicture ? { ...before, downMs: silentSinceMs ?? nowMs } : before;
}

function wait(before: Recovery, phase: Phase, { patienceMs, nowMs }: Moment): Recovery {
  return { ...before, phase, sinceMs: nowMs, dueMs: nowMs + waitMs(before, phase, patienceMs) };
}

function waitForThem(before: Recovery, phase: Phase, moment: Moment): Recovery {
  const next = wait(before, phase, moment);
  if (before.phase !== phase) return next;
  const { sinceMs } = before;
  const latestMs = sinceMs + WAITS_MAX * waitMs(before, phase, moment.patienceMs);
  return { ...next, sinceMs, dueMs: Math.min(next.dueMs ?? latestMs, latestMs) };
}

function waitMs({ begunOver, downMs }: Recovery, phase: Phase, patienceMs: number): number {
  if (phase === 'interrupted') return INTERRUPTED_MS_MAX;
  if (phase === 'restarting') return RESTART_MS_MAX;
  if (downMs !== null) return begunOver > 1 ? REJOIN_MS_MAX : RESTART_MS_MAX;
  return patienceMs * 2 ** Math.min(begunOver, DOUBLINGS_MAX);
}
