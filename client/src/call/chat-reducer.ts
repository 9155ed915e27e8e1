// The chat's part of the reducer. Pure. Two laws. A line keeps the id that its author gave it: however often it is sent or received,
// it is shown once, with the time that the service gave it last. A line goes out when the one before it is kept or refused, so that
// the other side reads them in the order in which they were written, whatever is lost on the way.

import type { CallState, Effect, PendingLine } from './state';
import type { ChatLine } from './transport/wire';

type Step = readonly [CallState, readonly Effect[]];

/** The service keeps as many for a page that comes back. The page shows no more, so that it does not grow for ever. */
export const CHAT_LINES_MAX = 500;

/** The most lines that may wait for the service. */
export const PENDING_LINES_MAX = 50;

/** A line that is not confirmed after this time was dropped on its way, for example by the service's rate limit. */
const RESEND_MS = 5_000;

/** Say *text*: the line waits until the service confirms it. Beyond the bound nothing changes. */
export function say(state: CallState, id: string, text: string, nowMs: number): Step {
  // By now the person has read the refusals.
  const waiting = state.pending.filter(({ refused }) => !refused);
  if (waiting.length >= PENDING_LINES_MAX) return [state, []];
  return sendPending({ ...state, pending: [...waiting, { id, text, sentMs: null }] }, nowMs);
}

/** Note that the service does not take a line, and why. The next one goes out. */
export function refuseLine(state: CallState, id: string, code: string, nowMs: number): Step {
  const pending = state.pending.map((line) => (line.id === id ? { ...line, refused: code } : line));
  return sendPending({ ...state, pending }, nowMs);
}

/** Take back what this tab remembers from before a reload. */
export function recall(
  state: CallState,
  chat: readonly ChatLine[],
  pending: readonly PendingLine[],
  nowMs: number,
): Step {
  const lines = merge(chat, state.chat);
  const waiting = [...pending, ...state.pending].filter(({ id }) => !isConfirmed(state, lines, id));
  return sendPending({ ...state, chat: lines, pending: waiting }, nowMs);
}

/** Take the service's history. A restarted service has forgotten the lines: those that this page knows stay. */
export function takeHistory(state: CallState, told: readonly ChatLine[]): CallState {
  // On this new socket the first line goes out at once that the service does not have.
  const pending = state.pending
    .filter(({ id }) => !isConfirmed(state, told, id))
    .map((line) => ({ ...line, sentMs: null }));
  return { ...state, chat: merge(state.chat, told), pending };
}

/** Take one line; a line that is known gets its new time, so that both sides show the same. After an own one the next goes out. */
export function takeLine(state: CallState, line: ChatLine, nowMs: number): Step {
  const isOwn = line.role === state.me.role;
  const isKnown = state.chat.some((each) => isSame(each, line));
  const next = {
    ...state,
    chat: isKnown ? merge(state.chat, [line]) : bound([...state.chat, line]),
    pending: isOwn ? state.pending.filter(({ id }) => id !== line.id) : state.pending,
  };
  return sendPending(next, nowMs);
}

/** Send the first line that waits, if it was not sent yet, or not confirmed in time. The id makes a second time harmless. */
export function sendPending(state: CallState, nowMs: number): Step {
  const first = state.pending.find(({ refused }) => !refused);
  if (state.socket !== 'joined' || !first) return [state, []];
  const { id, text, sentMs } = first;
  if (sentMs !== null && Math.abs(nowMs - sentMs) < RESEND_MS) return [state, []];
  const pending = state.pending.map((line) => (line === first ? { ...line, sentMs: nowMs } : line));
  return [{ ...state, pending }, [{ kind: 'send', frame: { type: 'chat', id, text } }]];
}

function merge(known: readonly ChatLine[], told: readonly ChatLine[]): readonly ChatLine[] {
  const kept = known.filter((line) => !told.some((each) => isSame(each, line)));
  return bound([...kept, ...told].sort((one, other) => one.timestamp - other.timestamp));
}

function bound(lines: readonly ChatLine[]): readonly ChatLine[] {
  return lines.length > CHAT_LINES_MAX ? lines.slice(-CHAT_LINES_MAX) : lines;
}

function isSame(one: ChatLine, other: ChatLine): boolean {
  return one.id === other.id && one.role === other.role;
}

function isConfirmed({ me }: CallState, lines: readonly ChatLine[], id: string): boolean {
  return lines.some((line) => line.id === id && line.role === me.role);
}
