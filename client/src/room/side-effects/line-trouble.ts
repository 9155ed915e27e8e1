// Tells a person in the call whose connection is bad, once a trouble: for a while as a notice, and beside the timer as long as it
// lasts. trouble.ts finds out whose it is; a hidden page decides nothing, because its timers hardly run.

import { computed, effect, signal } from '@preact/signals';
import { readClock } from '../../base/clock';
import type { CallState } from '../../call/state';
import {
  findTrouble,
  LineWatch,
  Pings,
  type Signs,
  type Trouble,
  TroubleWatch,
} from '../../call/transport/trouble';
import type { Role } from '../../call/transport/wire';
import { t } from '../../i18n/lazy-words';
import { announce } from '../../ui/LiveRegion';
import { lineNotice, lineWords } from '../store/notice-state';
import { call, devices, otherRole, stage, state } from '../store/room-store';

const READ_EVERY_MS = 1_000;

/** Long enough to read it twice. */
const NEWS_MS = 20_000;

/** A trouble that comes and goes is said once in this time. */
const SAID_MS = 60_000;

export function startLineTrouble(): void {
  watch();
  showTrouble();
  showVisibleAddress();
}

function watch(): void {
  const pings = new Pings();
  let line = new LineWatch();
  let shown = new TroubleWatch();
  setInterval(() => {
    if (document.hidden) return;
    const now = readClock();
    const lateMs = pings.receive(state.value.ping, now);
    if (stage.value !== 'live' && stage.value !== 'reconnecting') {
      line = new LineWatch();
      shown = new TroubleWatch();
      return report(null);
    }
    const measured = line.receive(call.media.sample, now);
    report(shown.receive(findTrouble(readSigns(state.value, { ...measured, lateMs }))));
  }, READ_EVERY_MS);
}

function readSigns(
  { socket, quality, away, me, peer }: CallState,
  measured: Pick<Signs, 'lossIn' | 'lossOut' | 'arrivingBps' | 'lateMs'>,
): Signs {
  const { sample } = call.media;
  return {
    ...measured,
    isCutOff: !navigator.onLine || socket === 'lost',
    isStalled: quality === 'stalled' || stage.value === 'reconnecting',
    // Without a picture the browser does not try how much gets through.
    arrivingBps: peer?.video ? measured.arrivingBps : null,
    sendableBps: me.video ? (sample?.sendableBps ?? null) : null,
    roundTripMs: sample?.roundTripMs ?? null,
    theirs: peer?.network ?? 'good',
    isAway: away !== null,
  };
}

function report(trouble: Trouble | null): void {
  const own = trouble === 'own' ? 'weak' : 'good';
  const { me, trouble: before } = state.value;
  if (trouble !== before || own !== me.network) call.dispatch({ type: 'network', own, trouble });
}

function showTrouble(): void {
  const trouble = computed(() => state.value.trouble);
  const isNews = signal(false);
  const saidMs: Partial<Record<Trouble, number>> = {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    clearTimeout(timer);
    const whose = trouble.value;
    const now = readClock();
    isNews.value = whose !== null && now - (saidMs[whose] ?? Number.NEGATIVE_INFINITY) > SAID_MS;
    if (!whose || !isNews.peek()) return;
    saidMs[whose] = now;
    announce('line', longWords(whose, otherRole));
    timer = setTimeout(() => {
      isNews.value = false;
    }, NEWS_MS);
  });
  effect(() => {
    const whose = trouble.value;
    lineWords.value = whose && t(whose === 'theirs' ? `trouble.theirs.${otherRole}` : `trouble.${whose}`);
    lineNotice.value = whose && isNews.value ? longWords(whose, otherRole) : null;
  });
}

export function longWords(whose: Trouble, other: Role): string {
  return t(whose === 'theirs' ? `trouble.theirs-long.${other}` : `trouble.${whose}-long`);
}

/** A person who joined without the lobby, and hides their address where that cannot be, has to know it. */
function showVisibleAddress(): void {
  const isVisible = computed(() => state.value.hasRelay === false && devices.choices.get().hidesAddress);
  effect(() => {
    if (!isVisible.value) return;
    const words = t('check.visible');
    lineNotice.value = words;
    announce('address', words);
    setTimeout(() => {
      if (lineNotice.value === words) lineNotice.value = null;
    }, NEWS_MS);
  });
}
