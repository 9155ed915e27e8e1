// A quiz of the lesson's words, for this person alone: say what a word means, or write the word for a meaning.

import { Check, Volume2, X } from 'lucide';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import './Quiz.css';
import {
  beginQuiz,
  countDone,
  goOn,
  type Question,
  type QuizKind,
  type Quiz as QuizState,
  receiveAnswer,
  showAnswer,
} from '../../classroom/quiz-rules';
import { t } from '../../i18n/lazy-words';
import { Icon } from '../../ui/Icon';
import { lessonLanguage } from './card-rows';
import { canSpeak, speak } from './speech';

const KINDS: readonly QuizKind[] = ['recall', 'write'];

interface QuizProps {
  readonly cards: readonly Question[];
  readonly onClose: () => void;
}

export function Quiz({ cards, onClose }: QuizProps) {
  const [quiz, setQuiz] = useState(() => beginQuiz(cards, 'recall', Math.random));
  const begin = (kind: QuizKind) => setQuiz(beginQuiz(cards, kind, Math.random));
  const [asked] = quiz.waiting;
  return (
    <section class="quiz" aria-label={t('quiz.start')} data-part="quiz">
      <div class="quiz-head">
        <div class="quiz-kinds">
          {KINDS.map((kind) => (
            <button
              key={kind}
              type="button"
              class="button"
              aria-pressed={quiz.kind === kind}
              data-part={`quiz-${kind}`}
              onClick={() => begin(kind)}
            >
              {t(`quiz.${kind}`)}
            </button>
          ))}
        </div>
        <button
          type="button"
          class="button quiz-close"
          aria-label={t('quiz.close')}
          title={t('quiz.close')}
          data-part="quiz-close"
          onClick={onClose}
        >
          <Icon of={X} />
        </button>
      </div>
      {asked ? (
        <Asked key={quiz.waiting.length} quiz={quiz} asked={asked} onChange={setQuiz} />
      ) : (
        <Done quiz={quiz} onAgain={() => begin(quiz.kind)} onClose={onClose} />
      )}
    </section>
  );
}

interface AskedProps {
  readonly quiz: QuizState;
  readonly asked: Question;
  readonly onChange: (quiz: QuizState) => void;
}

function Asked({ quiz, asked, onChange }: AskedProps) {
  const first = useRef<HTMLElement>(null);
  const isQuestion = quiz.shown === 'question';
  // The keyboard is where the next answer is given.
  useLayoutEffect(() => first.current?.focus(), [asked, quiz.shown, quiz.kind]);
  const language = lessonLanguage();
  const isRecall = quiz.kind === 'recall';
  return (
    <>
      <div class="quiz-progress numbers">
        <span>{t('quiz.progress', { place: countDone(quiz) + 1, total: quiz.total })}</span>
        {canSpeak() && (isRecall || !isQuestion) && <Hear word={asked.word} />}
      </div>
      {/* Read out with each step; the keyboard is on a button by then. */}
      <div class="quiz-card" aria-live="polite" data-part="quiz-card">
        <p class="quiz-question" dir="auto" lang={isRecall ? language : undefined}>
          {isRecall ? asked.word : asked.meaning}
        </p>
        {!isQuestion && (
          <>
            {!isRecall && (
              <p
                class={quiz.shown === 'right' ? 'quiz-verdict good' : 'quiz-verdict'}
                data-part="quiz-verdict"
              >
                {t(quiz.shown === 'right' ? 'quiz.right' : 'quiz.wrong')}
              </p>
            )}
            <p class="quiz-answer" dir="auto" lang={isRecall ? undefined : language}>
              {isRecall ? asked.meaning : asked.word}
            </p>
            {asked.example.trim() !== '' && (
              <p class="quiet" dir="auto" lang={language}>
                {asked.example}
              </p>
            )}
          </>
        )}
      </div>
      <Answer quiz={quiz} first={first} onChange={onChange} />
    </>
  );
}

function Hear({ word }: { readonly word: string }) {
  const label = t('vocabulary.hear', { word });
  return (
    <button
      type="button"
      class="chat-tool"
      aria-label={label}
      title={label}
      onClick={() => speak(word, lessonLanguage())}
    >
      <Icon of={Volume2} />
    </button>
  );
}

interface AnswerProps {
  readonly quiz: QuizState;
  readonly first: { current: HTMLElement | null };
  readonly onChange: (quiz: QuizState) => void;
}

function Answer({ quiz, first, onChange }: AnswerProps) {
  const focusHere = (element: HTMLElement | null) => {
    first.current = element;
  };
  if (quiz.shown === 'question')
    return quiz.kind === 'recall' ? (
      <button
        type="button"
        class="button primary"
        data-part="quiz-show"
        ref={focusHere}
        onClick={() => onChange(showAnswer(quiz))}
      >
        {t('quiz.show')}
      </button>
    ) : (
      <Writer focusHere={focusHere} onAnswer={(answer) => onChange(receiveAnswer(quiz, answer))} />
    );
  if (quiz.shown !== 'answer')
    return (
      <button
        type="button"
        class="button primary"
        data-part="quiz-next"
        ref={focusHere}
        onClick={() => onChange(goOn(quiz, quiz.shown === 'right'))}
      >
        {t('quiz.next')}
      </button>
    );
  return (
    <div class="quiz-pair">
      <button type="button" class="button" data-part="quiz-again" onClick={() => onChange(goOn(quiz, false))}>
        {t('quiz.again')}
      </button>
      <button
        type="button"
        class="button primary"
        data-part="quiz-knew"
        ref={focusHere}
        onClick={() => onChange(goOn(quiz, true))}
      >
        {t('quiz.knew')}
      </button>
    </div>
  );
}

/** No form: in a frame without `allow-forms` a browser submits none. */
function Writer(props: {
  readonly focusHere: (element: HTMLElement | null) => void;
  readonly onAnswer: (answer: string) => void;
}) {
  const field = useRef<HTMLInputElement | null>(null);
  const answer = () => props.onAnswer(field.current?.value ?? '');
  return (
    <div class="quiz-writer">
      <input
        ref={(element) => {
          field.current = element;
          props.focusHere(element);
        }}
        class="field"
        data-part="quiz-field"
        aria-label={t('quiz.write')}
        placeholder={t('quiz.write')}
        lang={lessonLanguage()}
        dir="auto"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        enterkeyhint="done"
        onKeyDown={(event) => event.key === 'Enter' && !event.isComposing && answer()}
      />
      <button
        type="button"
        class="button primary"
        aria-label={t('quiz.check')}
        title={t('quiz.check')}
        data-part="quiz-check"
        onClick={answer}
      >
        <Icon of={Check} />
      </button>
    </div>
  );
}

function Done(props: {
  readonly quiz: QuizState;
  readonly onAgain: () => void;
  readonly onClose: () => void;
}) {
  const { quiz, onAgain, onClose } = props;
  const { knownAtOnce, total } = quiz;
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => button.current?.focus(), []);
  return (
    <>
      <p class="quiz-card quiz-question" role="status" data-part="quiz-done">
        {t('quiz.done', { known: knownAtOnce, total })}
      </p>
      <div class="quiz-pair">
        <button type="button" class="button" onClick={onAgain}>
          {t('quiz.restart')}
        </button>
        <button ref={button} type="button" class="button primary" onClick={onClose}>
          {t('quiz.close')}
        </button>
      </div>
    </>
  );
}
