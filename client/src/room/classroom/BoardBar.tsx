// The tools over the board. Native radios and buttons: arrow keys go through a group, Tab from one to the next.

import {
  Ellipsis,
  Eraser,
  Eye,
  Hand,
  type IconNode,
  ImagePlus,
  Maximize,
  Minus,
  MousePointer2,
  Move,
  MoveUpRight,
  Pencil,
  Pointer,
  Redo2,
  Sparkle,
  Square,
  Type,
  Undo2,
  X,
  ZoomIn,
  ZoomOut,
} from 'lucide';
import type { ComponentChild, ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import './ToolPress.css';
import { TOOLS, type Tool } from '../../classroom/board-hand';
import { COLOURS, WIDTHS } from '../../classroom/board-shapes';
import { t } from '../../i18n/lazy-words';
import { Icon } from '../../ui/Icon';
import { Popup } from '../../ui/Popup';
import { isWide } from '../store/room-store';
import type { BoardDesk } from './board-desk';
import { addFiles, TOOL_KEYS } from './board-events';

const ICONS: Readonly<Record<Tool, IconNode>> = {
  pan: Hand,
  pen: Pencil,
  line: Minus,
  arrow: MoveUpRight,
  box: Square,
  text: Type,
  eraser: Eraser,
  move: MousePointer2,
  laser: Sparkle,
};

const ZOOM_STEP = 1.25;

interface BarProps {
  readonly desk: BoardDesk;
  readonly isReadOnly: boolean;
  readonly onClose: () => void;
}

export function BoardBar({ desk, isReadOnly, onClose }: BarProps) {
  const { held, canUndo, canRedo, hasPage } = desk.state.value;
  return (
    <div class={hasPage ? 'board-bar paper' : 'board-bar'}>
      <Choices
        name="tool"
        of={TOOLS}
        chosen={held.tool}
        onChoose={(tool) => desk.hold({ tool })}
        keyOf={(tool) => TOOL_KEYS[tool]}
        draw={(tool) => <Icon of={ICONS[tool]} />}
      />
      <Press part="undo" icon={Undo2} label={t('notes.undo')} isIdle={!canUndo} onPress={() => desk.undo()} />
      <Press part="redo" icon={Redo2} label={t('notes.redo')} isIdle={!canRedo} onPress={() => desk.redo()} />
      <Fold
        part="inks"
        label={`${t('board.colour')}, ${t('board.width')}`}
        sign={
          <span class="board-ink-sign">
            <span class={`board-swatch ${held.colour}`} />
            <span class={`board-width ${held.width}`} />
          </span>
        }
      >
        <Choices
          name="colour"
          of={COLOURS}
          chosen={held.colour}
          onChoose={(colour) => desk.hold({ colour })}
          draw={(colour) => <span class={`board-swatch ${colour}`} />}
        />
        <Choices
          name="width"
          of={WIDTHS}
          chosen={held.width}
          onChoose={(width) => desk.hold({ width })}
          draw={(width) => <span class={`board-width ${width}`} />}
        />
      </Fold>
      <Fold part="more" label={t('board.more')} sign={<Icon of={Ellipsis} />}>
        <Actions desk={desk} isReadOnly={isReadOnly} />
      </Fold>
      <Press part="close" icon={X} label={t('board.close')} onPress={onClose} />
    </div>
  );
}

interface FoldProps {
  readonly part: string;
  readonly label: string;
  readonly sign: ComponentChild;
  readonly children: ComponentChildren;
}

/** What one needs now and then: in a small window behind one button, so that all that one draws with has room. */
function Fold({ part, label, sign, children }: FoldProps) {
  const opener = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  if (isWide.value) return <>{children}</>;
  return (
    <>
      <button
        ref={opener}
        type="button"
        class="tool-press board-press"
        data-part={`board-${part}`}
        aria-label={label}
        title={label}
        aria-expanded={isOpen}
        aria-haspopup="dialog"
        onClick={() => setOpen(!isOpen)}
      >
        {sign}
      </button>
      {isOpen && (
        <Popup
          label={label}
          part={`board-${part}-window`}
          opener={() => opener.current}
          onClose={() => setOpen(false)}
        >
          <div class="board-folded">{children}</div>
        </Popup>
      )}
    </>
  );
}

interface ChoicesProps<T extends string> {
  readonly name: 'tool' | 'colour' | 'width';
  readonly of: readonly T[];
  readonly chosen: T;
  readonly onChoose: (one: T) => void;
  readonly keyOf?: (one: T) => string;
  readonly draw: (one: T) => ComponentChild;
}

function Choices<T extends Tool | (typeof COLOURS)[number] | (typeof WIDTHS)[number]>({
  name,
  of,
  chosen,
  onChoose,
  keyOf,
  draw,
}: ChoicesProps<T>) {
  return (
    <div class="board-choices" role="radiogroup" aria-label={t(`board.${name}`)}>
      {of.map((each) => (
        <label
          key={each}
          class={each === chosen ? 'tool-press board-press is-chosen' : 'tool-press board-press'}
          title={t(`board.${each}`)}
        >
          <input
            type="radio"
            class="visually-hidden"
            name={`board-${name}`}
            data-part={`board-${each}`}
            aria-label={t(`board.${each}`)}
            aria-keyshortcuts={keyOf?.(each)}
            checked={each === chosen}
            onChange={() => onChoose(each)}
          />
          {draw(each)}
        </label>
      ))}
    </div>
  );
}

function Actions({ desk, isReadOnly }: Omit<BarProps, 'onClose'>) {
  const { fingerDraws } = desk.state.value;
  return (
    <div class="board-actions">
      <label class="tool-press board-press" title={t('board.picture')} aria-disabled={isReadOnly}>
        <input
          type="file"
          class="visually-hidden"
          data-part="board-picture"
          accept="image/*,application/pdf"
          aria-label={t('board.picture')}
          disabled={isReadOnly}
          onChange={({ currentTarget }) => {
            void addFiles(desk, [...(currentTarget.files ?? [])]);
            // The same file again is a change, too.
            currentTarget.value = '';
          }}
        />
        <Icon of={ImagePlus} />
      </label>
      <Press
        part="zoom-out"
        icon={ZoomOut}
        label={t('board.zoom-out')}
        onPress={() => desk.zoom(1 / ZOOM_STEP)}
      />
      <Press part="zoom-in" icon={ZoomIn} label={t('board.zoom-in')} onPress={() => desk.zoom(ZOOM_STEP)} />
      <Press part="whole" icon={Maximize} label={t('board.whole')} onPress={() => desk.showAll()} />
      <Press
        part="finger"
        icon={fingerDraws ? Pointer : Move}
        label={t('board.finger')}
        isOn={fingerDraws}
        onPress={() => desk.setFingerDraws(!fingerDraws)}
      />
      <Press part="look" icon={Eye} label={t('board.look')} onPress={() => desk.callOther()} />
    </div>
  );
}

interface PressProps {
  readonly part: string;
  readonly icon: IconNode;
  readonly label: string;
  readonly isOn?: boolean;
  readonly isIdle?: boolean;
  readonly onPress: () => void;
}

function Press({ part, icon, label, isOn, isIdle = false, onPress }: PressProps) {
  return (
    <button
      type="button"
      class={`tool-press board-press ${part}`}
      data-part={`board-${part}`}
      aria-label={label}
      title={label}
      aria-pressed={isOn}
      // Not `disabled`: the keyboard would lose its place.
      aria-disabled={isIdle}
      onClick={() => !isIdle && onPress()}
    >
      <Icon of={icon} />
    </button>
  );
}
