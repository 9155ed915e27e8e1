// How a recording comes to be and ends, on both pages. Pure. Law: nothing leads to `recording` but the other's yes, and nothing to
// `recorded` but one's own.

/** `asking`, `recording`, `held`, `stopping`: this page would record, or does. `asked`, `recorded`: the other page.
 * `held`: the line is away, so nobody knows whether the other page shows the sign; nothing is recorded meanwhile. */
export type RecordingState = 'off' | 'asking' | 'asked' | 'recording' | 'held' | 'stopping' | 'recorded';

/** What `they-…` begins with came from the other page. `lost`: the line is away; `late`: for too long, or there was no answer. */
export type RecordingEvent =
  | 'ask'
  | 'agree'
  | 'decline'
  | 'stop'
  | 'saved'
  | 'they-ask'
  | 'they-agree'
  | 'they-decline'
  | 'they-record'
  | 'they-end'
  | 'lost'
  | 'late';

/** What follows what; an event without a row changes nothing. */
export const RECORDING_NEXT: Readonly<
  Record<RecordingState, Readonly<Partial<Record<RecordingEvent, RecordingState>>>>
> = {
  off: { ask: 'asking', 'they-ask': 'asked', 'they-record': 'recorded' },
  asking: {
    'they-agree': 'recording',
    'they-decline': 'off',
    'they-ask': 'asked',
    stop: 'off',
    late: 'off',
  },
  asked: { agree: 'recorded', decline: 'off', 'they-end': 'off', late: 'off' },
  recording: { lost: 'held', stop: 'stopping', 'they-decline': 'stopping' },
  held: { 'they-agree': 'recording', stop: 'stopping', 'they-decline': 'stopping', late: 'stopping' },
  stopping: { saved: 'off' },
  recorded: { stop: 'off', 'they-end': 'off', late: 'off' },
};

/** How it ended, as the person is told once. */
export type RecordingEnd = 'refused' | 'unanswered' | 'over' | 'gone';

/** Tell what *event* in the state *before* is to the person; null where it ends nothing, or they did it themselves. */
export function endOf(before: RecordingState, event: RecordingEvent): RecordingEnd | null {
  if (before === 'asking') {
    if (event === 'they-decline') return 'refused';
    return event === 'late' ? 'unanswered' : null;
  }
  if (before === 'held' && event === 'late') return 'gone';
  const isOver = event === 'they-decline' || event === 'they-end' || event === 'late';
  return isOver && before !== 'asked' ? 'over' : null;
}

/** An unanswered question goes. */
export const ANSWER_MS_MAX = 60_000;

/** Without a line for so long a recording ends: the other could not end it. */
export const AWAY_MS_MAX = 15_000;

/** A person who means it may be asked again soon, and one who was asked often is left alone. */
const REST_MS = 5_000;
const REST_TIMES = 4;
const REST_MS_MAX = 10 * 60_000;

/** Tell how long nobody asks again after so many questions without a yes, ms. */
export function restAfter(questions: number): number {
  return questions === 0 ? 0 : Math.min(REST_MS_MAX, REST_MS * REST_TIMES ** (questions - 1));
}
