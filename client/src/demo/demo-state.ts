// The demo platform's session as a pure function: it takes a state and an action, and returns the next state.
// Law: money and billable time are shown as the backend says them; the page adds nothing up.

import { type BillCounter, takeBill } from '../base/bill-counter';
import type { ConnectionStatus, ParentEvent, Role } from '../embed/parent-events';
import type { CreatedSession, Session } from '../platform/api';

export type Phase = 'ready' | 'starting' | 'running' | 'over';

/** Who told it: one of the two calls (postMessage), or the billing backend (the feed). */
export type Source = Role | 'billing';

/** What arrived; `timestamp` in Unix ms, the other fields as the event has them. */
export interface Received {
  readonly type: string;
  readonly timestamp: number;
  readonly [field: string]: unknown;
}

/** One line of the list of events. An event that only repeats the line counts up `times` instead of adding one. */
export interface Line {
  readonly key: number;
  readonly source: Source;
  readonly event: Received;
  readonly times: number;
}

export interface DemoState {
  readonly phase: Phase;
  readonly session: CreatedSession | null;
  readonly tutorUrl: string | null;
  readonly bill: Session | null;
  /** What is shown of it between two bills. */
  readonly counted: BillCounter | null;
  /** Time since `sessionStart` as the calls show it, `mm:ss` and in whole seconds. */
  readonly timer: string | null;
  readonly elapsed: number;
  readonly quality: Readonly<Record<Role, ConnectionStatus['connectionQuality'] | null>>;
  /** Newest first. */
  readonly lines: readonly Line[];
  /** Whether the live feed is lost for the moment; it comes back by itself. */
  readonly feedLost: boolean;
  readonly problem: string | null;
}

export type DemoAction =
  | { readonly type: 'start' }
  | { readonly type: 'created'; readonly session: CreatedSession }
  | { readonly type: 'tutor-link'; readonly url: string }
  | { readonly type: 'heard'; readonly source: Role; readonly event: ParentEvent }
  | { readonly type: 'fed'; readonly event: Received }
  | { readonly type: 'billed'; readonly bill: Session }
  | { readonly type: 'feed'; readonly lost: boolean }
  | { readonly type: 'failed'; readonly problem: string }
  | { readonly type: 'again' };

/** The list keeps the newest lines only: a session of hours must not fill the page. */
export const LINES_MAX = 200;

/** These come all the time and say little new: each source has one line of each, counted up in place. */
export const REPEATING: ReadonlySet<string> = new Set(['timer-update', 'session-heartbeat']);

export const FIRST_STATE: DemoState = {
  phase: 'ready',
  session: null,
  tutorUrl: null,
  bill: null,
  counted: null,
  timer: null,
  elapsed: 0,
  quality: { student: null, tutor: null },
  lines: [],
  feedLost: false,
  problem: null,
};

/** Take one action. */
export function reduceDemo(state: DemoState, action: DemoAction): DemoState {
  switch (action.type) {
    case 'start':
      return { ...FIRST_STATE, phase: 'starting' };
    case 'created':
      return { ...state, phase: 'running', session: action.session };
    case 'tutor-link':
      return { ...state, tutorUrl: action.url, problem: null };
    case 'heard':
      return foldHeard(state, action.source, action.event);
    case 'fed':
      return { ...state, lines: addLine(state.lines, 'billing', action.event) };
    case 'billed':
      return {
        ...state,
        bill: action.bill,
        counted: takeBill(state.counted, action.bill, action.bill.startTime ?? 0, state.elapsed),
        phase: action.bill.ended ? 'over' : state.phase,
      };
    case 'feed':
      return { ...state, feedLost: action.lost };
    case 'failed':
      return { ...state, problem: action.problem, phase: state.session ? state.phase : 'ready' };
    case 'again':
      return FIRST_STATE;
  }
}

/** Tell whether it is time to ask for the tutor's link: the student is there and the tutor has none yet (R3). */
export function wantsTutorLink(state: DemoState): boolean {
  if (state.phase !== 'running' || state.tutorUrl !== null || state.problem !== null) return false;
  if (state.bill?.participants.student.connected) return true;
  return state.lines.some(({ event }) => event.type === 'user-connected' && event.userRole === 'student');
}

function foldHeard(state: DemoState, source: Role, event: ParentEvent): DemoState {
  const next = { ...state, lines: addLine(state.lines, source, { ...event }) };
  if (event.type === 'timer-update') {
    return { ...next, timer: event.formattedTime, elapsed: Math.max(state.elapsed, event.elapsedSeconds) };
  }
  if (event.type !== 'connection-status') return next;
  return { ...next, quality: { ...state.quality, [source]: event.connectionQuality } };
}

function addLine(lines: readonly Line[], source: Source, event: Received): readonly Line[] {
  const repeated = REPEATING.has(event.type)
    ? lines.find((line) => line.source === source && line.event.type === event.type)
    : undefined;
  if (repeated) {
    const counted = { ...repeated, event, times: repeated.times + 1 };
    return lines.map((line) => (line === repeated ? counted : line));
  }
  const key = (lines[0]?.key ?? 0) + 1;
  return [{ key, source, event, times: 1 }, ...lines].slice(0, LINES_MAX);
}
