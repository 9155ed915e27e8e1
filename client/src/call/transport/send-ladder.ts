// How large the own picture is sent, from what the line carries. Pure. Laws: the sound is whole before there is a picture; on a
// steady line the picture stops changing.

import type { PictureLimits } from './send-parameters';

/** What the browser knows of the line at one moment. */
export interface LineSample {
  /** What the line carries by the browser's estimate, bit/s; null where it makes none (Firefox). */
  readonly availableBps: number | null;
  /** The part of what we sent that the other side lost, 0 to 1, as it last reported; null before its first report. */
  readonly loss: number | null;
  /** Null before it is measured. */
  readonly roundTripMs: number | null;
}

export interface Rung extends PictureLimits {
  /** The rung is left below this bitrate, and reached from `needs` × RISE_MARGIN on. */
  readonly needs: number;
  /** The rung is left above this loss: a picture of fewer packets arrives whole more often. */
  readonly lossMax: number;
}

/** Speech is clear with it (RFC 7587 §3.1.1: wide band takes 16 to 20 kbit/s). RED sends it twice, and with the browser's 32 kbit/s
 * nothing would be left for the smallest pictures: they stood still for seconds. */
const THIN_SPEECH_BPS = 20_000;

/** `bitrate` of each rung is over 1.3 × `needs` of the rung above divided by 1.5: a browser believes in half as much again as it
 * sends (libwebrtc's AIMD), and must be able to believe in the next rung. */
export const RUNGS: readonly Rung[] = [
  {
    height: 720,
    framesPerSecond: 30,
    bitrate: 1_500_000,
    needs: 500_000,
    lossMax: 0.1,
    screenFramesPerSecond: 30,
    speechBitrate: null,
  },
  {
    height: 360,
    framesPerSecond: 30,
    bitrate: 700_000,
    needs: 250_000,
    lossMax: 0.2,
    screenFramesPerSecond: 15,
    speechBitrate: null,
  },
  {
    height: 270,
    framesPerSecond: 24,
    bitrate: 350_000,
    needs: 120_000,
    lossMax: 0.35,
    screenFramesPerSecond: 8,
    speechBitrate: null,
  },
  {
    height: 180,
    framesPerSecond: 15,
    bitrate: 160_000,
    needs: 60_000,
    lossMax: 1,
    screenFramesPerSecond: 5,
    speechBitrate: THIN_SPEECH_BPS,
  },
  {
    height: 120,
    framesPerSecond: 8,
    bitrate: 100_000,
    needs: 30_000,
    lossMax: 1,
    screenFramesPerSecond: 3,
    speechBitrate: THIN_SPEECH_BPS,
  },
  {
    height: 0,
    framesPerSecond: 1,
    bitrate: 100_000,
    needs: 0,
    lossMax: 1,
    screenFramesPerSecond: 2,
    speechBitrate: THIN_SPEECH_BPS,
  },
];

export const OFF = RUNGS.length - 1;
export const SMALLEST = OFF - 1;

/** Kept for the sound, its redundancy and the packets' heads: speech twice 32 kbit/s at most, and once for who saves data; an
 * instrument 128. */
const SOUND_BPS = { speech: 70_000, savingSpeech: 40_000, music: 150_000 };

/** A shared screen gets what is left of the line: the person beside it is small. */
const PERSON_SHARE_BESIDE_SCREEN = 0.25;

/** A higher rung must fit with this much to spare, so that noise moves nobody up and down. */
const RISE_MARGIN = 1.3;

/** A browser begins with 300 kbit/s and finds out within a few seconds how much more there is. */
const WARM_UP_MS = 6_000;
/** A bad second is no bad line. */
const FALL_AFTER_MS = 2_000;
/** A line that is so much thinner loses most of each picture meanwhile: two samples are enough. */
const FALL_DEEP_AFTER_MS = 1_000;
const DEEP_RUNGS = 2;
/** No picture is worse than a bad one: it takes longer to be sure. */
const OFF_AFTER_MS = 4_000;
const RISE_AFTER_MS = 6_000;
/** From no picture the only proof of a better line is to try. Each try waits twice as long, until one has lasted. */
const RETURN_AFTER_MS = 10_000;
const RETURN_LASTS_MS = 300_000;
/** A rise that is taken back within this time was too early: the next one waits twice as long. */
const REGRET_MS = 20_000;
const PATIENCE_MS_MAX = 300_000;
/** Samples come a second apart. After a longer gap (a hidden tab, a sleep) what was seen before says nothing. */
const GAP_MS_MAX = 5_000;

/** A round trip this long drowns the conversation. */
const ROUND_TRIP_MS_MAX = 1_500;
/** There is no room where so much more than the shortest round trip is queued. By satellite the shortest is over 600 ms itself. */
const QUEUE_MS_MAX = 750;
/** After a change of the route the shortest round trip may be longer: it is forgotten, ms a second. */
const FORGOTTEN_MS = 5;
/** Loss below which there is room, whatever the rung. */
const LOSS_FREE = 0.05;
/** On a line too thin for a picture a queue takes longer: one packet of 1,200 bytes takes 150 ms of 64 kbit/s. */
const QUEUE_FREE_MS = 400;
/** Loss is counted over 6 s, and all of that without a picture. */
const LOSES_ANYWAY_AFTER_MS = 8_000;

export interface Ladder {
  /** Index into RUNGS. */
  readonly rung: number;
  readonly beganMs: number;
  /** Since when every sample asked for a lower, or a higher rung; null while none does. */
  readonly fallSinceMs: number | null;
  readonly riseSinceMs: number | null;
  readonly seenMs: number;
  /** How long a better line must last before the next rise. */
  readonly patienceMs: number;
  /** When the newest rise was; null when it has lasted, or was taken back. */
  readonly roseMs: number | null;
  /** How long there is no picture before the next try. */
  readonly returnAfterMs: number;
  readonly returnedMs: number | null;
  /** When the newest pause of the picture began; null before the first. */
  readonly pausedMs: number | null;
  /** Whether as much was lost without a picture: then it is not the picture that costs the sound. */
  readonly losesAnyway: boolean;
  /** The shortest round trip of the last minutes, ms; null before the first. */
  readonly shortestMs: number | null;
  /** The patience is for this rung and those above, and ends when one of them has lasted: below it the line may be good. */
  readonly regretted: number;
}

/** What the ladder is asked for. */
export interface Wish {
  readonly isMusic: boolean;
  /** Each picture takes half of its bitrate, and needs half. */
  readonly isLowData: boolean;
  readonly isSharing: boolean;
  /** The picture may be paused only if there is sound: otherwise nothing at all would arrive. */
  readonly mayPause: boolean;
}

/** Begin on a new connection: at the top, or where an earlier connection of the same call was. */
export function beginLadder(nowMs: number, rung = 0): Ladder {
  return {
    rung: Math.min(rung, SMALLEST),
    beganMs: nowMs,
    fallSinceMs: null,
    riseSinceMs: null,
    seenMs: nowMs,
    patienceMs: RISE_AFTER_MS,
    roseMs: null,
    returnAfterMs: RETURN_AFTER_MS,
    returnedMs: null,
    pausedMs: null,
    losesAnyway: false,
    shortestMs: null,
    regretted: OFF,
  };
}

/** Fall to the smallest picture at once; then the browser has to find out anew how much the line carries. */
export function chokeLadder(before: Ladder, nowMs: number): Ladder {
  const { rung, returnAfterMs, shortestMs } = before;
  const kept = { returnAfterMs, shortestMs, ...regret(before) };
  return { ...beginLadder(nowMs), ...kept, rung: Math.max(rung, SMALLEST) };
}

/** A rise that was too early is not tried again so soon. */
function regret({ rung, roseMs, patienceMs, regretted }: Ladder): Pick<Ladder, 'patienceMs' | 'regretted'> {
  return roseMs === null ? { patienceMs, regretted } : { patienceMs: doubled(patienceMs), regretted: rung };
}

/** Take one sample at *nowMs* (any clock that nobody sets). Falls as far as the line demands, rises by one rung. */
export function stepLadder(before: Ladder, line: LineSample, wish: Wish, nowMs: number): Ladder {
  const hasGap = nowMs - before.seenMs > GAP_MS_MAX;
  const ladder = hasGap ? { ...before, fallSinceMs: null, riseSinceMs: null } : before;
  if (nowMs - ladder.beganMs < WARM_UP_MS) return { ...ladder, seenMs: nowMs };
  const loses = losesAtRandom(line);
  const losesAnyway = ladder.losesAnyway ? loses !== false : loses === true && isLongOff(ladder, nowMs);
  const lowest = wish.mayPause && !losesAnyway ? OFF : SMALLEST;
  const fitting = Math.min(findFitting(ladder.rung, line, wish), lowest);
  const falls = fitting > ladder.rung;
  const shortestMs = followShortest(ladder, line);
  const rises = !falls && (ladder.rung > lowest || hasRoom(ladder.rung, line, wish, shortestMs));
  const next: Ladder = {
    ...ladder,
    seenMs: nowMs,
    losesAnyway,
    shortestMs,
    fallSinceMs: falls ? (ladder.fallSinceMs ?? nowMs) : null,
    riseSinceMs: rises ? (ladder.riseSinceMs ?? nowMs) : null,
    ...(hasLasted(ladder.roseMs, REGRET_MS, nowMs) && { roseMs: null, ...comfort(ladder) }),
    ...(hasLasted(ladder.returnedMs, RETURN_LASTS_MS, nowMs) && {
      returnedMs: null,
      returnAfterMs: RETURN_AFTER_MS,
    }),
  };
  if (next.fallSinceMs !== null) return fall(next, fitting, nowMs);
  return next.riseSinceMs === null ? next : rise(next, lowest, nowMs);
}

function comfort({ rung, regretted }: Ladder): Partial<Ladder> {
  return rung <= regretted ? { patienceMs: RISE_AFTER_MS, regretted: OFF } : {};
}

function followShortest({ shortestMs }: Ladder, { roundTripMs }: LineSample): number | null {
  if (roundTripMs === null || shortestMs === null) return roundTripMs ?? shortestMs;
  return Math.min(roundTripMs, shortestMs + FORGOTTEN_MS);
}

function isLongOff({ rung, pausedMs }: Ladder, nowMs: number): boolean {
  return rung === OFF && hasLasted(pausedMs, LOSES_ANYWAY_AFTER_MS, nowMs);
}

function fall(ladder: Ladder, fitting: number, nowMs: number): Ladder {
  const seenMs = nowMs - (ladder.fallSinceMs ?? nowMs);
  const isLast = ladder.rung === SMALLEST;
  const isDeep = fitting - ladder.rung >= DEEP_RUNGS;
  if (seenMs < (isLast ? OFF_AFTER_MS : isDeep ? FALL_DEEP_AFTER_MS : FALL_AFTER_MS)) return ladder;
  // The smallest picture is tried before none.
  const rung = isLast ? fitting : Math.min(fitting, SMALLEST);
  const paused = rung === OFF && { pausedMs: nowMs, returnedMs: null };
  return {
    ...ladder,
    ...regret(ladder),
    rung,
    fallSinceMs: null,
    riseSinceMs: null,
    roseMs: null,
    ...paused,
  };
}

/** Rise by one rung when it is time; at once to *lowest*. */
function rise(ladder: Ladder, lowest: number, nowMs: number): Ladder {
  const isReturn = ladder.rung === OFF;
  const afterMs = isReturn ? ladder.returnAfterMs : ladder.patienceMs;
  if (ladder.rung <= lowest && nowMs - (ladder.riseSinceMs ?? nowMs) < afterMs) return ladder;
  const times = isReturn
    ? { returnedMs: nowMs, returnAfterMs: doubled(ladder.returnAfterMs) }
    : { roseMs: nowMs };
  return { ...ladder, ...times, rung: ladder.rung - 1, riseSinceMs: null };
}

function doubled(ms: number): number {
  return Math.min(2 * ms, PATIENCE_MS_MAX);
}

function hasLasted(sinceMs: number | null, forMs: number, nowMs: number): boolean {
  return sinceMs !== null && nowMs - sinceMs >= forMs;
}

/** Find the highest rung, from *rung* down, that the line carries beside the sound. */
function findFitting(rung: number, line: LineSample, wish: Wish): number {
  const budget = budgetOf(line, wish);
  const isDrowned = (line.roundTripMs ?? 0) > ROUND_TRIP_MS_MAX;
  const first = isDrowned ? Math.min(rung + 1, OFF) : rung;
  const fitting = RUNGS.findIndex(
    ({ needs, lossMax }, index) =>
      index >= first && (budget ?? needs) >= needs && (line.loss ?? 0) <= lossMax,
  );
  return fitting < 0 ? OFF : fitting;
}

/** Tell whether packets are lost and do not queue; null where nobody knows. A browser then believes in less and less, whatever it
 * sends. */
function losesAtRandom({ loss, roundTripMs }: LineSample): boolean | null {
  if (loss === null || roundTripMs === null) return null;
  return loss > LOSS_FREE && roundTripMs < QUEUE_FREE_MS;
}

/** Tell whether the rung above *rung* fits with room to spare. */
function hasRoom(rung: number, line: LineSample, wish: Wish, shortestMs: number | null): boolean {
  const above = RUNGS[rung - 1];
  if (!above) return false;
  const loss = line.loss ?? 0;
  if ((line.roundTripMs ?? 0) - (shortestMs ?? 0) > QUEUE_MS_MAX) return false;
  if (loss > LOSS_FREE && loss > above.lossMax / 2) return false;
  // While nothing but the sound is sent, the browser's estimate cannot grow.
  const budget = budgetOf(line, wish);
  return rung === OFF || budget === null || budget >= above.needs * RISE_MARGIN;
}

/** What the line carries for the own picture, bit/s of one that is sent whole; null where the browser does not tell. */
function budgetOf({ availableBps }: LineSample, { isMusic, isLowData, isSharing }: Wish): number | null {
  if (availableBps === null) return null;
  const sound = isMusic ? 'music' : isLowData ? 'savingSpeech' : 'speech';
  const rest = Math.max(0, availableBps - SOUND_BPS[sound]) * (isLowData ? 2 : 1);
  return isSharing ? rest * PERSON_SHARE_BESIDE_SCREEN : rest;
}
