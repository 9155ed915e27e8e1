// Opens the quiz. After it the keyboard is here again.

import { GraduationCap } from 'lucide';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n/lazy-words';
import { Icon } from '../../ui/Icon';

/** Whether a person has a quiz: not yet, now, or no longer. */
export type QuizStand = 'none' | 'open' | 'closed';

interface QuizButtonProps {
  readonly stand: QuizStand;
  readonly onOpen: () => void;
}

export function QuizButton({ stand, onOpen }: QuizButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  // The quiz stood in place of this button.
  useLayoutEffect(() => {
    if (stand === 'closed') button.current?.focus();
  }, []);
  return (
    <button ref={button} type="button" class="button" data-part="quiz-start" onClick={onOpen}>
      <Icon of={GraduationCap} />
      <span>{t('quiz.start')}</span>
    </button>
  );
}
