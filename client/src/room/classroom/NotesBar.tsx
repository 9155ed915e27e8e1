// The buttons over the notes. One of them is in the order of Tab; arrow keys lead to the others (WAI-ARIA, toolbar pattern).

import {
  Bold,
  Eye,
  Heading1,
  Heading2,
  Highlighter,
  type IconNode,
  Italic,
  Link,
  List,
  ListOrdered,
  Redo2,
  TextQuote,
  Undo2,
  Unlink,
} from 'lucide';
import { useRef, useState } from 'preact/hooks';
import {
  ACTIONS,
  type Action,
  type ActionName,
  linkAt,
  linkTo,
  unlink,
} from '../../classroom/notes-commands';
import './ToolPress.css';
import type { NotesEditor } from '../../classroom/notes-editor';
import { t } from '../../i18n/lazy-words';
import { Icon } from '../../ui/Icon';
import { callToTab } from './panel-tab';
import { tabAt } from './tab-keys';

const ICONS: Readonly<Record<ActionName, IconNode>> = {
  bold: Bold,
  italic: Italic,
  yellow: Highlighter,
  green: Highlighter,
  pink: Highlighter,
  heading: Heading1,
  subheading: Heading2,
  bullets: List,
  numbers: ListOrdered,
  quote: TextQuote,
  undo: Undo2,
  redo: Redo2,
};

const NAMES = Object.keys(ICONS) as ActionName[];
const ALL = [...NAMES.slice(0, -2), 'link', ...NAMES.slice(-2), 'look'] as const;
type Name = (typeof ALL)[number];

interface BarProps {
  readonly editor: NotesEditor;
  readonly isReadOnly: boolean;
}

export function NotesBar({ editor, isReadOnly }: BarProps) {
  const bar = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState<Name>('bold');
  const [isLinking, setLinking] = useState(false);
  const address = linkAt(editor.view.state);
  const move = (event: KeyboardEvent) => {
    const next = tabAt(ALL, current, event.key, document.documentElement.dir === 'rtl');
    if (!next) return;
    event.preventDefault();
    setCurrent(next);
    bar.current?.querySelector<HTMLElement>(`[data-part=notes-${next}]`)?.focus();
  };
  const shared = { current, isReadOnly, onFocus: setCurrent };
  return (
    <>
      <div ref={bar} role="toolbar" aria-label={t('notes.bar')} class="notes-bar" onKeyDown={move}>
        {ALL.map((name) =>
          name === 'link' ? (
            <Tool
              key={name}
              {...shared}
              name={name}
              icon={Link}
              isOn={isLinking}
              onPress={() => setLinking(!isLinking)}
            />
          ) : name === 'look' ? (
            <Tool
              key={name}
              {...shared}
              name={name}
              icon={Eye}
              isOn={null}
              isReadOnly={false}
              onPress={() => callToTab('notes')}
            />
          ) : (
            <ActionTool key={name} {...shared} name={name as ActionName} editor={editor} />
          ),
        )}
      </div>
      {isLinking && !isReadOnly && <LinkField editor={editor} onDone={() => setLinking(false)} />}
      {address !== null && !isLinking && (
        <LinkLine editor={editor} address={address} isReadOnly={isReadOnly} />
      )}
    </>
  );
}

interface SharedProps {
  readonly current: Name;
  readonly isReadOnly: boolean;
  readonly onFocus: (name: Name) => void;
}

function ActionTool(props: SharedProps & { readonly name: ActionName; readonly editor: NotesEditor }) {
  const { name, editor } = props;
  const action: Action = ACTIONS[name];
  const { state } = editor.view;
  return (
    <Tool
      {...props}
      icon={ICONS[name]}
      isOn={action.isOn?.(state) ?? null}
      isIdle={action.isOn === null && !action.run(state)}
      onPress={() => editor.act(action.run)}
    />
  );
}

interface ToolProps extends SharedProps {
  readonly name: Name;
  readonly icon: IconNode;
  /** Null for what is no state. */
  readonly isOn: boolean | null;
  /** Whether there is nothing to do just now. */
  readonly isIdle?: boolean;
  readonly onPress: () => void;
}

function Tool({ name, icon, isOn, isIdle = false, current, isReadOnly, onFocus, onPress }: ToolProps) {
  const label = t(name === 'look' ? 'board.look' : `notes.${name as ActionName | 'link'}`);
  return (
    <button
      type="button"
      class={`tool-press notes-tool ${name}`}
      data-part={`notes-${name}`}
      aria-label={label}
      title={label}
      aria-pressed={isOn ?? undefined}
      // Not `disabled`: the keyboard would lose its place.
      aria-disabled={isIdle || isReadOnly}
      tabIndex={name === current ? 0 : -1}
      // The text keeps what is selected, and a phone its keyboard.
      onMouseDown={(event) => event.preventDefault()}
      onFocus={() => onFocus(name)}
      onClick={() => !isIdle && !isReadOnly && onPress()}
    >
      <Icon of={icon} />
    </button>
  );
}

/** Asks for an address. No form: in a frame without `allow-forms` a browser submits none. */
function LinkField({ editor, onDone }: { readonly editor: NotesEditor; readonly onDone: () => void }) {
  const [isWrong, setWrong] = useState(false);
  const take = (field: HTMLInputElement) => {
    if (editor.act(linkTo(field.value))) {
      onDone();
      return;
    }
    setWrong(true);
    field.focus();
  };
  return (
    <input
      ref={(field) => field?.focus()}
      class="field notes-address"
      type="text"
      inputMode="url"
      data-part="notes-address"
      aria-label={t('notes.address')}
      placeholder={t('notes.address')}
      aria-invalid={isWrong}
      dir="ltr"
      autocomplete="off"
      autocapitalize="off"
      enterkeyhint="done"
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.isComposing) {
          // The text has the keyboard by the end of this press, and would make a new line of it.
          event.preventDefault();
          take(event.currentTarget);
        }
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onDone();
        editor.view.focus();
      }}
    />
  );
}

/** The link in which the caret is: where it leads is read before it is followed. */
function LinkLine({ editor, address, isReadOnly }: BarProps & { readonly address: string }) {
  return (
    <p class="notes-link">
      <a
        class="link"
        data-part="notes-open"
        href={address}
        target="_blank"
        rel="noopener noreferrer nofollow"
        title={address}
        // What is cut off is the end: the host is what one has to see.
        dir="ltr"
        aria-label={t('notes.open', { address })}
      >
        {address}
      </a>
      {!isReadOnly && (
        <button
          type="button"
          class="tool-press"
          aria-label={t('notes.unlink')}
          title={t('notes.unlink')}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => editor.act(unlink)}
        >
          <Icon of={Unlink} />
        </button>
      )}
    </p>
  );
}
