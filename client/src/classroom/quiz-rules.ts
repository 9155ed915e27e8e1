// A quiz of the lesson's words: one after the other, until each was known. Pure; chance is given. Law: what was not known comes again at
// the end, and the count at the end is of what was known at once.

/** `recall`: the word is shown, and the person says whether they knew its meaning. `write`: the meaning is shown, and they write the word. */
export type QuizKind = 'recall' | 'write';

export interface Question {
  readonly word: string;
  readonly meaning: string;
  readonly example: string;
}

export interface Quiz {
  readonly kind: QuizKind;
  /** The first is asked now. */
  readonly waiting: readonly Question[];
  readonly total: number;
  readonly knownAtOnce: number;
  readonly missed: ReadonlySet<Question>;
  /** What the person has seen of the answer: nothing, the answer, or whether theirs was right. */
  readonly shown: 'question' | 'answer' | 'right' | 'wrong';
}

/** A longer quiz is none that a person ends. */
export const QUESTIONS_MAX = 50;

/** Choose what can be asked: a word with a meaning. *chance* gives numbers from 0 to below 1. */
export function beginQuiz(cards: readonly Question[], kind: QuizKind, chance: () => number): Quiz {
  const asked = shuffle(cards.filter(canAsk), chance).slice(0, QUESTIONS_MAX);
  return {
    kind,
    waiting: asked,
    total: asked.length,
    knownAtOnce: 0,
    missed: new Set(),
    shown: 'question',
  };
}

export function canAsk({ word, meaning }: Question): boolean {
  return word.trim() !== '' && meaning.trim() !== '';
}

/** The person wants to see the answer. */
export function showAnswer(quiz: Quiz): Quiz {
  return quiz.shown === 'question' ? { ...quiz, shown: 'answer' } : quiz;
}

/** The person has written *answer*. */
export function receiveAnswer(quiz: Quiz, answer: string): Quiz {
  const [asked] = quiz.waiting;
  if (!asked || quiz.shown !== 'question') return quiz;
  return { ...quiz, shown: isSame(answer, asked.word) ? 'right' : 'wrong' };
}

/** Go on to the next question. */
export function goOn(quiz: Quiz, isKnown: boolean): Quiz {
  const [asked, ...rest] = quiz.waiting;
  if (!asked || quiz.shown === 'question') return quiz;
  if (!isKnown)
    return {
      ...quiz,
      waiting: [...rest, asked],
      missed: new Set(quiz.missed).add(asked),
      shown: 'question',
    };
  const knownAtOnce = quiz.knownAtOnce + Number(!quiz.missed.has(asked));
  return { ...quiz, waiting: rest, knownAtOnce, shown: 'question' };
}

/** Count the questions that are done. */
export function countDone({ total, waiting }: Quiz): number {
  return total - waiting.length;
}

/** Tell whether *answer* is *word*: capitals, spaces and what stands around the words make no difference, accents do. */
export function isSame(answer: string, word: string): boolean {
  return plain(answer) === plain(word);
}

const AROUND = /^[\s.,;:!?¡¿"'“”«»„()…。、！？]+|[\s.,;:!?¡¿"'“”«»„()…。、！？]+$/g;

function plain(text: string): string {
  const line = text.normalize('NFKC').replace(/[’ʼ]/g, "'").replace(/\s+/g, ' ');
  return line.replace(AROUND, '').toLowerCase();
}

/** Fisher and Yates. */
function shuffle<T>(all: readonly T[], chance: () => number): T[] {
  const mixed = [...all];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(chance() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other] as T, mixed[last] as T];
  }
  return mixed;
}
