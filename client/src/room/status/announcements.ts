// What is new between two states of the call, for those who hear the page instead of seeing it. Pure.

import type { CallState } from '../../call/state';
import type { Role } from '../../call/transport/wire';

/** One thing that is new. A later one on the same topic replaces it: nobody needs to hear "off, on, off". */
export interface News {
  readonly topic: string;
  readonly who: Role | null;
  readonly what: What;
}

export type What =
  | 'joined'
  | 'left'
  | 'away'
  | 'microphone-on'
  | 'microphone-off'
  | 'camera-on'
  | 'camera-off'
  | 'hand-raised'
  | 'hand-lowered'
  | 'sharing'
  | 'sharing-ended'
  | 'reconnecting'
  | 'connected'
  | 'billing-runs'
  | 'billing-paused'
  | 'gone';

/** List what a person should hear of the step from *before* to *now*. */
export function findNews(before: CallState, now: CallState): readonly News[] {
  if (!before.session || now.outcome) return [];
  return [...findComing(before, now), ...findSwitched(before, now), ...findBilling(before, now)];
}

function findComing(before: CallState, now: CallState): News[] {
  const news: News[] = [];
  if (!before.peer && now.peer) news.push({ topic: 'peer', who: now.peer.role, what: 'joined' });
  if (before.peer && !now.peer) news.push({ topic: 'peer', who: before.peer.role, what: 'left' });
  if (!before.away && now.away && now.peer) news.push({ topic: 'peer', who: now.peer.role, what: 'away' });
  if (before.link !== now.link) {
    if (now.link === 'reconnecting') news.push({ topic: 'link', who: null, what: 'reconnecting' });
    if (now.link === 'connected') news.push({ topic: 'link', who: null, what: 'connected' });
  }
  if (!before.warning && now.warning?.cause === 'away') {
    news.push({ topic: 'peer', who: now.warning.disconnectedRole, what: 'gone' });
  }
  return news;
}

/** Only of one and the same person: who comes with their camera off has not just switched it off. */
function findSwitched(before: CallState, now: CallState): News[] {
  const sides = [[before.me, now.me] as const];
  if (before.peer && now.peer && before.peer.page === now.peer.page) {
    sides.push([before.peer, now.peer] as never);
  }
  const news: News[] = [];
  for (const [old, next] of sides) {
    const tell = (topic: string, on: boolean, [yes, no]: readonly [What, What]) =>
      news.push({ topic: `${next.role} ${topic}`, who: next.role, what: on ? yes : no });
    if (old.audio !== next.audio) tell('microphone', next.audio, ['microphone-on', 'microphone-off']);
    if (old.video !== next.video) tell('camera', next.video, ['camera-on', 'camera-off']);
    if (old.screen !== next.screen) tell('screen', next.screen, ['sharing', 'sharing-ended']);
    if (old.hand !== next.hand) tell('hand', next.hand, ['hand-raised', 'hand-lowered']);
  }
  return news;
}

function findBilling(before: CallState, now: CallState): News[] {
  if (!now.bill || before.bill?.running === now.bill.running) return [];
  if (now.bill.running) return [{ topic: 'billing', who: null, what: 'billing-runs' }];
  return before.bill ? [{ topic: 'billing', who: null, what: 'billing-paused' }] : [];
}

/** More at once than this nobody listens to. */
const SENTENCES_MAX = 4;

/** Collects sentences that come close together, so that they are said in one breath. */
export class Announcer {
  private readonly waiting = new Map<string, string>();

  add(topic: string, sentence: string): void {
    this.waiting.delete(topic);
    this.waiting.set(topic, sentence);
  }

  /** Take what waits, the newest few of it, as one text. */
  take(): string {
    const sentences = [...this.waiting.values()].slice(-SENTENCES_MAX);
    this.waiting.clear();
    return sentences.join(' ');
  }
}
