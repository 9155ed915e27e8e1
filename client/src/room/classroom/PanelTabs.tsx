// The chat and the lesson's tools, one at a time, in the side panel. With a single part there are no tabs.

import { BookA } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import './PanelTabs.css';
import { cleanWord } from '../../classroom/clean-word';
import { locale } from '../../i18n';
import { formatNumber } from '../../i18n/format';
import { t } from '../../i18n/lazy-words';
import { isShown } from '../../theme/apply-theme';
import { Icon } from '../../ui/Icon';
import { makeLazy } from '../../ui/lazy';
import { Chat } from '../chat/Chat';
import { isMessageWanted } from '../store/panel-state';
import { unread } from '../store/unread';
import { addWord } from './add-word';
import { BoardButton } from './BoardPlace';
import { cameFrom, chooseTab, chosenTab, stay, TABS, type Tab } from './panel-tab';
import { RetryButton } from './RetryButton';
import { TabLed } from './TabLed';
import { tabAt } from './tab-keys';
import { tools } from './tools-state';

const TITLES = { chat: 'panel.chat', notes: 'notes.title', vocabulary: 'vocabulary.title' } as const;

const notes = makeLazy(() => import('./Notes').then(({ Notes }) => Notes), RetryButton);
const vocabulary = makeLazy(() => import('./Vocabulary').then(({ Vocabulary }) => Vocabulary), RetryButton);

export function PanelTabs() {
  const tabs = TABS.filter(isShown);
  const cards = useCardCount();
  useEffect(() => {
    if (isMessageWanted.value) chooseTab('chat');
  }, [isMessageWanted.value]);
  const [tab] = tabs.includes(chosenTab.value) ? [chosenTab.value] : tabs;
  if (tabs.length < 2) return <div class="panel-tab">{tab && <Content of={tab} />}</div>;
  return (
    <div class="panel-tabs">
      <div class="tab-row">
        <div
          role="tablist"
          aria-label={t('tools.tabs')}
          class="tabs"
          onKeyDown={(event) => {
            const next = tab && tabAt(tabs, tab, event.key, document.documentElement.dir === 'rtl');
            if (!next) return;
            event.preventDefault();
            chooseTab(next);
            document.getElementById(`tab-${next}`)?.focus();
          }}
        >
          {tabs.map((each) => (
            <TabButton
              key={each}
              of={each}
              isSelected={each === tab}
              count={{ chat: unread.value, notes: 0, vocabulary: cards }[each]}
            />
          ))}
        </div>
        <div class="tab-actions">
          {tab !== 'vocabulary' && <SelectedWord />}
          <BoardButton />
        </div>
      </div>
      <div
        class="panel-tab"
        role="tabpanel"
        id="panel-tab"
        aria-labelledby={`tab-${tab}`}
        // Who does something here stays.
        onPointerDown={() => cameFrom.value && stay()}
        onKeyDown={() => cameFrom.value && stay()}
      >
        {tab && <Content of={tab} />}
      </div>
      <TabLed />
    </div>
  );
}

function Content({ of }: { readonly of: Tab }) {
  if (of === 'chat') return <Chat />;
  return of === 'notes' ? <notes.View /> : <vocabulary.View />;
}

function TabButton(props: { readonly of: Tab; readonly isSelected: boolean; readonly count: number }) {
  const { of, isSelected, count } = props;
  return (
    <button
      type="button"
      role="tab"
      id={`tab-${of}`}
      class="tab"
      data-part={`tab-${of}`}
      aria-selected={isSelected}
      aria-controls="panel-tab"
      tabIndex={isSelected ? 0 : -1}
      onClick={() => chooseTab(of)}
    >
      {t(TITLES[of])}
      {count > 0 && <span class="tab-count">{formatNumber(locale.value, count)}</span>}
    </button>
  );
}

/** How many cards there are, once the tools are loaded. */
function useCardCount(): number {
  const [count, setCount] = useState(0);
  const classroom = tools.classroom.value;
  useEffect(() => {
    const cards = classroom?.doc.getArray('vocabulary');
    if (!cards) return;
    const show = () => setCount(cards.length);
    cards.observe(show);
    show();
    return () => cards.unobserve(show);
  }, [classroom]);
  return count;
}

/** Makes a card of what is selected in the chat or in the notes. */
function SelectedWord() {
  const [word, setWord] = useState('');
  useEffect(() => {
    const read = () => setWord(readSelected(document.getSelection()));
    document.addEventListener('selectionchange', read);
    return () => document.removeEventListener('selectionchange', read);
  }, []);
  if (word === '' || !isShown('vocabulary')) return null;
  const label = t('vocabulary.selection', { word });
  return (
    <button
      type="button"
      class="button tab-action"
      data-part="add-selected"
      title={label}
      // A press elsewhere ends a selection, and this button with it.
      onPointerDown={(event) => event.preventDefault()}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => {
        void addWord(word);
        document.getSelection()?.removeAllRanges();
      }}
    >
      <Icon of={BookA} />
      <span>{label}</span>
    </button>
  );
}

const SELECTED_IN = '.chat-text, .notes-text p, .notes-text h3, .notes-text h4, .notes-text h5';

/** Read what is selected within one line of chat or one block of the notes; empty for anything else. */
function readSelected(selection: Selection | null): string {
  if (!selection || selection.isCollapsed) return '';
  const [from, to] = [selection.anchorNode, selection.focusNode].map((node) =>
    (node instanceof Element ? node : node?.parentElement)?.closest(SELECTED_IN),
  );
  return from && from === to ? cleanWord(selection.toString()) : '';
}
