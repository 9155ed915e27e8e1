// The lesson's words: both people add them, complete them, and hear them. Nobody else sees them.

import { Download, Eye, Plus, Trash2, Undo2, Volume2 } from 'lucide';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import './Vocabulary.css';
import type { Doc } from 'yjs';
import { cleanWord, WORD_CHARACTERS_MAX } from '../../classroom/clean-word';
import { canAsk } from '../../classroom/quiz-rules';
import { makeFileName } from '../../classroom/saved-name';
import { type Card, type CardText, FIELDS, textOf, WordList } from '../../classroom/word-list';
import { writeTabbed } from '../../classroom/word-table';
import { t } from '../../i18n/lazy-words';
import { isShown } from '../../theme/apply-theme';
import { CopyButton } from '../../ui/CopyButton';
import { Icon } from '../../ui/Icon';
import { link, ownRole } from '../store/room-store';
import { AnkiButton } from './AnkiButton';
import { isRole, lessonLanguage, rowsOf, writeCard, writeTable } from './card-rows';
import { OpenLesson } from './OpenLesson';
import { callToTab } from './panel-tab';
import { Quiz } from './Quiz';
import { QuizButton, type QuizStand } from './QuizButton';
import { SharedField } from './SharedField';
import { saveFile } from './save-file';
import { canSpeak, speak } from './speech';
import { ToolStatus } from './ToolStatus';
import { tools } from './tools-state';

export function Vocabulary() {
  const classroom = tools.classroom.value;
  useEffect(() => void tools.open(), []);
  return (
    <div class="vocabulary" aria-busy={!classroom}>
      <ToolStatus />
      {classroom && <Words doc={classroom.doc} />}
    </div>
  );
}

function Words({ doc }: { readonly doc: Doc }) {
  const words = useMemo(() => new WordList(doc), [doc]);
  const [, redraw] = useState(0);
  const [removed, setRemoved] = useState<{ readonly text: CardText; readonly by: string } | null>(null);
  // At once: what comes between the drawing and an effect after it would not be shown.
  useLayoutEffect(() => words.subscribe(() => redraw((count) => count + 1)), [words]);
  const [quiz, setQuiz] = useState<QuizStand>('none');
  const cards = words.read();
  const askable = cards.map(textOf).filter(canAsk);
  if (quiz === 'open' && askable.length > 0)
    return <Quiz cards={askable} onClose={() => setQuiz('closed')} />;
  const remove = (card: Card) => {
    setRemoved({ text: textOf(card), by: card.by });
    words.remove(card);
  };
  return (
    <>
      <Adder onAdd={(word) => words.add({ word, meaning: '', example: '' }, ownRole)} />
      {cards.length === 0 && !removed && <p class="vocabulary-empty quiet">{t('vocabulary.empty')}</p>}
      <ul class="vocabulary-cards">
        {cards.map((card) => (
          <CardLine key={card.key} card={card} words={words} onRemove={() => remove(card)} />
        ))}
      </ul>
      {removed && (
        <button
          type="button"
          class="button"
          onClick={() => {
            words.add(removed.text, removed.by);
            setRemoved(null);
          }}
        >
          <Icon of={Undo2} />
          <span>{t('vocabulary.undo', { word: removed.text.word })}</span>
        </button>
      )}
      {askable.length > 0 && <QuizButton stand={quiz} onOpen={() => setQuiz('open')} />}
      {cards.length > 0 && <Export cards={cards} />}
      {isShown('home') && <OpenLesson doc={doc} />}
    </>
  );
}

/** No form: in a frame without `allow-forms` a browser submits none, and says nothing of it. */
function Adder({ onAdd }: { readonly onAdd: (word: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const isFull = tools.status.value?.isFull === true;
  const add = () => {
    const word = cleanWord(field.current?.value ?? '');
    if (!field.current || word === '' || isFull) return;
    onAdd(word);
    field.current.value = '';
    field.current.focus();
  };
  return (
    <div class="vocabulary-adder">
      <input
        ref={field}
        class="field"
        data-part="new-word"
        aria-label={t('vocabulary.word')}
        placeholder={t('vocabulary.word')}
        lang={lessonLanguage()}
        dir="auto"
        maxLength={WORD_CHARACTERS_MAX}
        autocomplete="off"
        enterkeyhint="done"
        onKeyDown={(event) => event.key === 'Enter' && !event.isComposing && add()}
      />
      <button
        type="button"
        class="button primary"
        data-part="add-word"
        aria-label={t('vocabulary.add')}
        title={t('vocabulary.add')}
        disabled={isFull}
        onClick={add}
      >
        <Icon of={Plus} />
      </button>
      <button
        type="button"
        class="button"
        data-part="vocabulary-look"
        aria-label={t('board.look')}
        title={t('board.look')}
        onClick={() => callToTab('vocabulary')}
      >
        <Icon of={Eye} />
      </button>
    </div>
  );
}

function CardLine(props: { readonly card: Card; readonly words: WordList; readonly onRemove: () => void }) {
  const { card, words, onRemove } = props;
  const { word } = textOf(card);
  const isFull = tools.status.value?.isFull === true;
  return (
    <li class="vocabulary-card" data-part="card">
      {FIELDS.map((name) => (
        <SharedField
          key={name}
          text={card[name]}
          label={t(`vocabulary.${name}`)}
          class={`vocabulary-${name}`}
          lang={name === 'meaning' ? undefined : lessonLanguage()}
          isReadOnly={isFull}
          onEdit={(before, after) => words.edit(card[name], before, after)}
        />
      ))}
      <p class="vocabulary-tools">
        {isRole(card.by) ? <span class={`badge ${card.by}`}>{t(`role.${card.by}`)}</span> : <span />}
        {canSpeak() && (
          <Tool
            icon={Volume2}
            label={t('vocabulary.hear', { word })}
            onClick={() => speak(word, lessonLanguage())}
          />
        )}
        <Tool icon={Trash2} label={t('vocabulary.remove', { word })} onClick={onRemove} />
      </p>
    </li>
  );
}

function Tool(props: { readonly icon: typeof Plus; readonly label: string; readonly onClick: () => void }) {
  const { icon, label, onClick } = props;
  return (
    <button type="button" class="chat-tool" aria-label={label} title={label} onClick={onClick}>
      <Icon of={icon} />
    </button>
  );
}

function Export({ cards }: { readonly cards: readonly Card[] }) {
  const written = cards.map(writeCard);
  return (
    <p class="vocabulary-export">
      <AnkiButton cards={written} />
      <button
        type="button"
        class="button"
        data-part="save-words"
        onClick={() => saveFile(writeTable(written), makeFileName(link.room, 'csv'))}
      >
        <Icon of={Download} />
        <span>{t('vocabulary.csv')}</span>
      </button>
      <CopyButton
        text={writeTabbed(rowsOf(written).map((row) => row.slice(0, FIELDS.length)))}
        label={t('vocabulary.copy')}
        class="button"
        part="copy-words"
      />
    </p>
  );
}
