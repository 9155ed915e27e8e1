// What goes on beside the call: sounds when something happens, the tab's title, a screen that stays on, the speaker one
// chose, and a word to whoever speaks while muted. Loaded once the page is drawn; the call goes on without it.

import { computed, effect } from '@preact/signals';
import { allowsFeature } from '../../base/permissions-policy';
import type { Stage } from '../../call/state';
import { type Key, t } from '../../i18n';
import { announce } from '../../ui/LiveRegion';
import { devices } from '../camera';
import { amplitudeOf, playTune, type Tune, watchLevel } from '../devices/sound';
import { reportMissing } from '../embedding/embed-problems';
import { isShown } from '../look';
import { pictures, play } from '../page/pictures';
import { call, otherRole, stage, state } from '../store/call-store';
import { isSpeakingMuted, sign } from '../store/notice-state';
import { isPanelOpen } from '../store/panel-state';
import { glimpse, unread } from '../store/unread';
import { MutedSpeech } from './muted-speech';
import { Speaker } from './speaker-output';

const LEVEL_EVERY_MS = 150;
const NEWS_MS = 8_000;

/** Long enough to look at who is there now. */
const TAKEN_OVER_MS = 60_000;
const RESUME_AFTER_MS = [500, 2_000, 8_000] as const;

/** With each title the browser looks for the page's icon anew: not while two are about to see each other. */
const TITLE_AFTER_MS = 500;

export function attend(): void {
  attendSounds();
  attendLines();
  attendTitle();
  attendWakeLock();
  attendPictures();
  attendSpeaker();
  attendMutedSpeech();
  attendOwnVoice();
  attendSwaps();
  attendTakeovers();
  reportMissing();
}

function attendSounds(): void {
  let before = { isThere: isOtherThere.value, lines: receivedLines.value };
  effect(() => {
    const now = { isThere: isOtherThere.value, lines: receivedLines.value };
    const tune = tuneOf(before, now);
    before = now;
    const { hasSounds, speaker } = devices.choices.get();
    if (tune && hasSounds && !state.value.outcome) void playTune(tune, speaker);
  });
}

const isOtherThere = computed(() => state.value.peer !== null && state.value.away === null);
const receivedLines = computed(() => state.value.chat.filter(({ role }) => role === otherRole).length);

interface Heard {
  readonly isThere: boolean;
  readonly lines: number;
}

function tuneOf(before: Heard, now: Heard): Tune | null {
  if (now.isThere !== before.isThere) return now.isThere ? 'came' : 'went';
  return now.lines > before.lines ? 'wrote' : null;
}

/** What the other writes is seen for a moment where the chat is closed, as on most phones. */
function attendLines(): void {
  let before = receivedLines.value;
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const isClosed = !isPanelOpen.value && isShown('chat');
    const isNew = receivedLines.value > before;
    before = receivedLines.value;
    if (!isClosed) glimpse.value = null;
    else if (isNew) {
      glimpse.value =
        state
          .peek()
          .chat.filter(({ role }) => role === otherRole)
          .pop() ?? null;
      clearTimeout(timer);
      timer = setTimeout(() => {
        glimpse.value = null;
      }, NEWS_MS);
    }
  });
}

/** A tab says who is there, and how much one has not read. */
function attendTitle(): void {
  const title = computed(() => {
    const { peer } = state.value;
    const isLive = stage.value === 'live';
    const who = peer?.name ?? t(`role.${otherRole}`);
    const what = isLive ? `● ${who}` : t(`status.${stage.value}`);
    const count = unread.value > 0 ? `(${unread.value}) ` : '';
    return `${count}${what} – ${t('room.title')}`;
  });
  effect(() => {
    const next = title.value;
    const timer = setTimeout(() => {
      document.title = next;
    }, TITLE_AFTER_MS);
    return () => clearTimeout(timer);
  });
}

/** The stages in which nobody touches the screen, and a phone that sleeps would lose the call or the one waited for. */
const AWAKE: ReadonlySet<Stage> = new Set(['waiting', 'connecting', 'live', 'reconnecting']);

/** A hidden page loses the lock and asks for it again. */
function attendWakeLock(): void {
  let lock: Promise<WakeLockSentinel | null> | null = null;
  const isInCall = computed(() => AWAKE.has(stage.value));
  const hold = () => {
    if (!('wakeLock' in navigator) || allowsFeature('screen-wake-lock') === false) return;
    const isWanted = isInCall.value && !document.hidden;
    if (isWanted) lock ??= navigator.wakeLock.request('screen').catch(() => null);
    else if (lock) {
      void lock.then((held) => held?.release().catch(() => undefined));
      lock = null;
    }
  };
  effect(hold);
  document.addEventListener('visibilitychange', hold);
}

/** A phone pauses what plays, sound and all, while it rings or sleeps, and leaves it so; asked too early it says no. */
function attendPictures(): void {
  const resume = (picture: HTMLVideoElement) => {
    if (picture.srcObject && picture.isConnected && picture.paused) play(picture);
  };
  for (const picture of Object.values(pictures)) {
    let timers: number[] = [];
    picture.addEventListener('pause', () => {
      timers.forEach(clearTimeout);
      timers = RESUME_AFTER_MS.map((afterMs) => self.setTimeout(resume, afterMs, picture));
    });
    document.addEventListener('visibilitychange', () => document.hidden || resume(picture));
  }
}

/** One that is gone is chosen still, and used again when it is back. */
function attendSpeaker(): void {
  const speaker = new Speaker([pictures.remote, pictures.screen], ({ what, label }) =>
    show(what === 'gone' ? 'notice.speaker-gone' : 'notice.swapped.speaker', label, NEWS_MS),
  );
  let used: string | null = null;
  const use = () => {
    const { speaker: chosen } = devices.choices.get();
    if (chosen === null && used === null) return;
    used = chosen;
    void speaker.use(chosen);
  };
  use();
  devices.choices.subscribe(use);
  // With the permission to use a microphone come the speakers by name.
  devices.subscribe({ onTrack: use });
  navigator.mediaDevices?.addEventListener?.('devicechange', use);
}

function attendMutedSpeech(): void {
  let end: (() => void) | null = null;
  const isMuted = computed(() => stage.value === 'live' && !state.value.me.audio);
  const listen = () => {
    end?.();
    end = null;
    isSpeakingMuted.value = false;
    if (!isMuted.value) return;
    const track = devices.tracks.audio;
    if (!track) return void devices.openMuted();
    const speech = new MutedSpeech();
    end = watchLevel(track, LEVEL_EVERY_MS, (level) => {
      isSpeakingMuted.value = speech.receive(level, Date.now());
    });
  };
  effect(listen);
  effect(() => {
    if (isSpeakingMuted.value) announce('muted', t('notice.speaking-muted'));
  });
  devices.subscribe({ onTrack: (kind) => kind === 'audio' && listen() });
}

/** Listens from the first time it is asked on: most browsers tell without it. */
function attendOwnVoice(): void {
  let heard = 0;
  let end: (() => void) | null = null;
  const listen = () => {
    end?.();
    heard = 0;
    const track = devices.tracks.audio;
    end =
      track &&
      watchLevel(track, LEVEL_EVERY_MS, (level) => {
        heard = amplitudeOf(level);
      });
  };
  devices.subscribe({ onTrack: (kind) => kind === 'audio' && end && listen() });
  call.media.voiceMeter = () => {
    if (!end) listen();
    return heard;
  };
}

function attendSwaps(): void {
  devices.subscribe({
    onSwapped: ({ device, label }) => show(`notice.swapped.${device}`, label, NEWS_MS),
  });
}

/** The seat may have been taken over by someone else, who has the link: the one who sees them can tell. */
function attendTakeovers(): void {
  const page = computed(() => (state.value.tookOver ? state.value.peer?.page : undefined));
  effect(() => {
    if (page.value) show(`notice.taken-over.${otherRole}`, '', TAKEN_OVER_MS);
  });
}

let signTimer: ReturnType<typeof setTimeout> | undefined;

function show(key: Key, label: string, ms: number): void {
  sign.value = { key, label };
  announce('sign', t(key, { label }));
  clearTimeout(signTimer);
  signTimer = setTimeout(() => {
    sign.value = null;
  }, ms);
}
