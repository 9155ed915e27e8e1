// Says what is new in the call, for a person who hears the page instead of seeing it. The news is found by pure
// functions, from two states of the call.

import { effect } from '@preact/signals';
import { type CallState, stageOf } from '../../call/state';
import type { Role } from '../../call/transport/wire';
import { t } from '../../i18n/lazy-words';
import { announce } from '../../ui/LiveRegion';
import { call, otherRole, ownRole, state } from '../store/room-store';
import { whyKey } from './BillLine';

/** One thing that is new. A later one on the same topic replaces it: nobody needs to hear "off, on, off". */
export interface News {
  readonly topic: string;
  readonly who: Role | null;
  readonly what: NewsKind;
}

export type NewsKind =
  | 'joined'
  | 'left'
  | 'away'
  | 'microphone-on'
  | 'microphone-off'
  | 'camera-on'
  | 'camera-off'
  | 'picture-paused'
  | 'picture-back'
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

/** Whether the peer has lost the service. One who is only not back yet, after a deploy, comes or is reported as lost. */
export function hasLostService({ away }: CallState): boolean {
  return away !== null && away !== 'unseated';
}

function findComing(before: CallState, now: CallState): News[] {
  const news: News[] = [];
  if (!before.peer && now.peer) news.push({ topic: 'peer', who: now.peer.role, what: 'joined' });
  if (before.peer && !now.peer) news.push({ topic: 'peer', who: before.peer.role, what: 'left' });
  if (!hasLostService(before) && hasLostService(now) && now.peer)
    news.push({ topic: 'peer', who: now.peer.role, what: 'away' });
  const [stage, next] = [stageOf(before), stageOf(now)];
  if (stage !== next) {
    if (next === 'reconnecting') news.push({ topic: 'link', who: null, what: 'reconnecting' });
    if (next === 'live') news.push({ topic: 'link', who: null, what: 'connected' });
  }
  if (!before.warning && now.warning?.cause === 'away') {
    news.push({ topic: 'peer', who: now.warning.disconnectedRole, what: 'gone' });
  }
  return news;
}

/** Compare the switches of one and the same person: a new person who comes with the camera off has switched nothing. */
function findSwitched(before: CallState, now: CallState): News[] {
  const sides = [[before.me, now.me] as const];
  if (before.peer && now.peer && before.peer.page === now.peer.page) {
    sides.push([before.peer, now.peer] as never);
  }
  const news: News[] = [];
  for (const [old, next] of sides) {
    const tell = (topic: string, on: boolean, [yes, no]: readonly [NewsKind, NewsKind]) =>
      news.push({ topic: `${next.role} ${topic}`, who: next.role, what: on ? yes : no });
    if (old.audio !== next.audio) tell('microphone', next.audio, ['microphone-on', 'microphone-off']);
    if (old.video !== next.video) tell('camera', next.video, ['camera-on', 'camera-off']);
    if (old.screen !== next.screen) tell('screen', next.screen, ['sharing', 'sharing-ended']);
    // The own side has a notice.
    if (next !== now.me && old.videoPaused !== next.videoPaused)
      tell('picture', !next.videoPaused, ['picture-back', 'picture-paused']);
    if (old.hand !== next.hand) tell('hand', next.hand, ['hand-raised', 'hand-lowered']);
  }
  return news;
}

function findBilling(before: CallState, now: CallState): News[] {
  if (!now.bill || before.bill?.running === now.bill.running) return [];
  if (now.bill.running) return [{ topic: 'billing', who: null, what: 'billing-runs' }];
  return before.bill ? [{ topic: 'billing', who: null, what: 'billing-paused' }] : [];
}

/** Say what is new since the state *first*, from now on. */
export function startAnnouncements(first: CallState): void {
  let before = first;
  effect(() => {
    const now = state.value;
    const last = now.chat[now.chat.length - 1];
    for (const news of findNews(before, now)) {
      if (!isHeardAnyway(news)) announce(news.topic, `${say(news, now)}.`);
    }
    const isNew = last && last.id !== before.chat[before.chat.length - 1]?.id;
    if (isNew && last.role !== ownRole && before.session) {
      announce(`chat ${last.id}`, `${t(`role.${last.role}`)}: ${last.text}`);
    }
    before = now;
  });
  call.subscribe({
    onReaction: ({ role, reaction }) => {
      if (role === otherRole) announce('reaction', `${t(`role.${role}`)}: ${t(`reaction.${reaction}`)}.`);
    },
  });
}

/** A screen reader says itself how a pressed button stands now. */
function isHeardAnyway({ who, topic }: News): boolean {
  const part = topic.split(' ')[1] ?? '';
  return who === ownRole && document.activeElement?.getAttribute('data-part') === part;
}

function say({ who, what }: News, { bill }: CallState): string {
  switch (what) {
    case 'away':
      return t(`notice.away.${otherRole}`);
    case 'gone':
      return t(`grace.title.${who ?? otherRole}`);
    case 'reconnecting':
    case 'connected':
      return t(what === 'connected' ? 'status.live' : 'status.reconnecting');
    case 'billing-runs':
      return t('news.billing-runs');
    case 'billing-paused':
      return t('news.billing-paused', { why: t(whyKey(bill?.state ?? '', bill?.reason ?? null)) });
    default:
      return `${who === ownRole || who === null ? t('room.you') : t(`role.${who}`)}: ${t(`news.${what}`)}`;
  }
}
