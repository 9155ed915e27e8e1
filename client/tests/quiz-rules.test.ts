// Whom the quiz asks what, and what it counts.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  beginQuiz,
  countDone,
  goOn,
  isSame,
  QUESTIONS_MAX,
  type Quiz,
  receiveAnswer,
  showAnswer,
} from '../src/classroom/quiz-rules';

const card = (word: string, meaning = `${word}!`) => ({ word, meaning, example: '' });
const inOrder = () => 0.999_999;

test('only a word with a meaning is asked', () => {
  const quiz = beginQuiz([card('gato'), card('perro', ' '), card('', 'x')], 'recall', inOrder);

  expect(quiz.waiting.map(({ word }) => word)).toEqual(['gato']);
  expect(quiz.total).toBe(1);
});

test('what was not known comes again at the end, and is not counted as known at once', () => {
  let quiz = beginQuiz(
    ['a', 'b'].map((word) => card(word)),
    'recall',
    inOrder,
  );

  quiz = goOn(showAnswer(quiz), false);
  expect(quiz.waiting.map(({ word }) => word)).toEqual(['b', 'a']);
  quiz = goOn(showAnswer(quiz), true);
  quiz = goOn(showAnswer(quiz), true);

  expect([quiz.waiting.length, quiz.knownAtOnce, quiz.total]).toEqual([0, 1, 2]);
});

test('nobody goes on before the answer is shown, and a second press changes nothing', () => {
  const quiz = beginQuiz([card('a')], 'write', inOrder);

  expect(goOn(quiz, true)).toBe(quiz);
  const shown = receiveAnswer(quiz, 'A');
  expect(shown.shown).toBe('right');
  expect(receiveAnswer(shown, 'b')).toBe(shown);
  expect(showAnswer(shown)).toBe(shown);
});

test.each([
  ['El Gato', 'el gato', true],
  [' gato.', 'gato', true],
  ['¿qué?', 'qué', true],
  ['que', 'qué', false],
  ['l’eau', "l'eau", true],
  ['cafe\u0301', 'café', true],
  ['ｶﾞ', 'ガ', true],
  ['', 'gato', false],
])('%j is an answer for %j: %s', (answer, word, is) => {
  expect(isSame(answer, word)).toBe(is);
});

test('whatever a person answers, each word is asked until it was known, and the counts agree', () => {
  const words = fc.array(
    fc.string({ minLength: 1 }).map((word) => card(word)),
    { maxLength: 80 },
  );

  fc.assert(
    fc.property(
      words,
      fc.array(fc.boolean()),
      fc.infiniteStream(fc.double({ min: 0, max: 0.99, noNaN: true })),
      (cards, answers, chances) => {
        const chance = () => chances.next().value as number;
        let quiz: Quiz = beginQuiz(cards, 'recall', chance);
        expect(quiz.total).toBeLessThanOrEqual(QUESTIONS_MAX);
        for (const isKnown of answers) {
          quiz = goOn(showAnswer(quiz), isKnown);
          expect(countDone(quiz)).toBe(quiz.total - quiz.waiting.length);
        }
        while (quiz.waiting.length > 0) quiz = goOn(showAnswer(quiz), true);
        expect(quiz.knownAtOnce).toBe(quiz.total - quiz.missed.size);
      },
    ),
  );
});
