// The board: both people draw on it at once. Nobody else sees it. This module, with all that draws, is loaded when the board is first
// opened.

import { computed, effect } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import './Board.css';
import { BoardPainter } from '../../classroom/board-painter';
import { PictureCache } from '../../classroom/board-pictures';
import { LETTER_UNITS } from '../../classroom/board-shapes';
import { readLook } from '../../classroom/board-signs';
import { toWindow } from '../../classroom/board-view';
import { t } from '../../i18n/lazy-words';
import { makeLazy } from '../../ui/lazy';
import { isBoardOpen } from '../store/board-state';
import { isPanelOpen } from '../store/panel-state';
import { BoardBar } from './BoardBar';
import { BoardDesk } from './board-desk';
import { listenTo } from './board-events';
import { readInk } from './board-ink';
import { theirPointer, theirView } from './board-news';
import { NewestEvery } from './newest-every';
import { RetryButton } from './RetryButton';
import { TabLed } from './TabLed';
import { ToolStatus } from './ToolStatus';
import { otherName, tools } from './tools-state';

type Opened = NonNullable<typeof tools.classroom.value>;

/** Their pointer moves smoothly enough, and a slow line bears it. */
const POINTER_EVERY_MS = 40;

/** On a phone's sharpest screens nobody sees more. */
const RATIO_MAX = 2;

/** Safari on a phone zooms into anything that is written in smaller letters. */
const LETTER_PX_MIN = 16;

const pdfDialog = makeLazy(() => import('./PdfDialog').then(({ PdfDialog }) => PdfDialog), RetryButton);

/** Stays while the board is closed: with it what can be undone, and where one was. */
let kept: { readonly of: Opened; readonly desk: BoardDesk } | null = null;

/** What paints while the board is open. */
let painter: BoardPainter | null = null;
const pictures = new PictureCache((shape) => {
  if (shape.kind === 'picture') painter?.paintAll();
});

export function Board() {
  const { value: classroom } = tools.classroom;
  return (
    <section class="screen board" data-part="board" aria-label={t('board.title')} aria-busy={!classroom}>
      {classroom && <Opened desk={open(classroom)} />}
    </section>
  );
}

function Opened({ desk }: { readonly desk: BoardDesk }) {
  const { count, texts, notice, pdf } = desk.state.value;
  return (
    <>
      <BoardBar
        desk={desk}
        isReadOnly={tools.status.value?.isFull === true}
        onClose={() => {
          isBoardOpen.value = false;
        }}
      />
      <BoardWindow desk={desk} />
      <div class="board-foot">
        <Led desk={desk} />
        {!isPanelOpen.value && <TabLed />}
        <Fixed desk={desk} />
        <ToolStatus />
        <output class="tool-statuses">
          {notice && (
            <span class="tool-status" data-part={`board-${notice}`}>
              {t(`board.${notice}`)}
            </span>
          )}
        </output>
      </div>
      {pdf && (
        <pdfDialog.View
          file={pdf}
          onPut={(page) => desk.addPage(page)}
          onClose={() => desk.choosePage(null)}
        />
      )}
      <div class="visually-hidden">
        <p data-part="board-count">{t('board.count', { count })}</p>
        <ul>
          {texts.map((text, index) => (
            <li key={`${index} ${text}`} dir="auto">
              {text}
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

function BoardWindow({ desk }: { readonly desk: BoardDesk }) {
  const [place, finished, moving] = [
    useRef<HTMLDivElement>(null),
    useRef<HTMLCanvasElement>(null),
    useRef<HTMLCanvasElement>(null),
  ];
  useLayoutEffect(() => {
    const { current: window } = place;
    if (!window || !finished.current || !moving.current) return undefined;
    return show(window, finished.current, moving.current, desk);
  }, [desk]);
  useEffect(() => place.current?.focus({ preventScroll: true }), []);
  return (
    <div
      ref={place}
      class={`board-window ${desk.state.value.held.tool}${desk.state.value.hasPage ? ' paper' : ''}`}
      data-part="board-window"
      role="application"
      aria-label={t('board.title')}
      aria-description={t('board.help')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: one draws on it, also with keys.
      tabIndex={0}
    >
      <canvas ref={finished} />
      <canvas ref={moving} />
      <Writing desk={desk} />
    </div>
  );
}

/** The text that is being written, where it will be. */
function Writing({ desk }: { readonly desk: BoardDesk }) {
  const { writing, view, held } = desk.state.value;
  if (!writing) return null;
  const { x, y } = toWindow(view, writing.at);
  const { width, colour } = writing.before ?? held;
  const letterPx = Math.max(LETTER_PX_MIN, LETTER_UNITS[width] * view.scale);
  return (
    <textarea
      ref={(field) => field?.focus({ preventScroll: true })}
      class={`board-text ${colour}`}
      data-part="board-text"
      aria-label={t('board.write')}
      dir="auto"
      rows={2}
      style={{ left: `${x}px`, top: `${y}px`, fontSize: `${letterPx}px` }}
      defaultValue={writing.before?.text ?? ''}
      onBlur={({ currentTarget }) => desk.finishText(currentTarget.value)}
      onKeyDown={(event) => {
        const isDone = event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey));
        if (!isDone || event.isComposing) return;
        event.preventDefault();
        event.currentTarget.parentElement?.focus({ preventScroll: true });
      }}
    />
  );
}

/** A page lies fast, and the person has tried to move or to erase it. */
function Fixed({ desk }: { readonly desk: BoardDesk }) {
  return (
    <output class="board-led">
      {desk.state.value.fixed && (
        <>
          <span class="led-words">{t('board.fixed')}</span>
          <span class="led-ways">
            <button type="button" class="button" data-part="board-release" onClick={() => desk.release()}>
              {t('board.release')}
            </button>
            <button type="button" class="button" data-part="board-remove" onClick={() => desk.remove()}>
              {t('board.remove')}
            </button>
          </span>
        </>
      )}
    </output>
  );
}

/** The other person has brought one here, or wants to. */
function Led({ desk }: { readonly desk: BoardDesk }) {
  const { before, wanted } = desk.state.value;
  const name = otherName();
  return (
    <output class="board-led">
      {(before || wanted) && (
        <>
          <span class="led-words">{t(wanted ? 'board.wanted' : 'board.brought', { name })}</span>
          <span class="led-ways">
            {wanted && (
              <button type="button" class="button" data-part="board-go" onClick={() => desk.goTo(wanted)}>
                {t('board.go')}
              </button>
            )}
            <button
              type="button"
              class="button"
              data-part="board-back"
              onClick={() => (wanted ? desk.stay() : desk.goBack())}
            >
              {t(wanted ? 'board.stay' : 'board.back')}
            </button>
          </span>
        </>
      )}
    </output>
  );
}

/** Open the board of *classroom*, once. */
function open(classroom: Opened): BoardDesk {
  if (kept?.of === classroom) return kept.desk;
  const toOther = new NewestEvery<Parameters<Opened['showOther']>[0]>(POINTER_EVERY_MS, (shown) =>
    classroom.showOther(shown),
  );
  const desk = new BoardDesk(classroom.doc, {
    isFull: () => tools.status.peek()?.isFull === true,
    show: (shown) => (shown.kind === 'pointer' ? toOther.put(shown) : classroom.showOther(shown)),
    paint: {
      paintOver: (shapes) => painter?.paintOver(shapes),
      repaint: (parts) => painter?.repaint(parts),
      show: (view) => painter?.show(view),
      ask: () => painter?.ask(),
    },
    forget: (shape) => pictures.forget(shape),
  });
  kept = { of: classroom, desk };
  return desk;
}

/** Show the board of *desk* in *window*, until the returned function is called. */
function show(
  window: HTMLElement,
  finished: HTMLCanvasElement,
  moving: HTMLCanvasElement,
  desk: BoardDesk,
): () => void {
  let ink = readInk(window, (shape) => pictures.get(shape));
  const shown = new BoardPainter(finished, moving, {
    find: (part) => desk.find(part),
    readInk: () => ink,
    readMoving: () => ({ own: desk.hand.live, theirs: desk.theirs, laser: desk.laser, cursor: desk.cursor }),
  });
  painter = shown;
  const resize = () => {
    const size = { across: window.clientWidth, down: window.clientHeight };
    desk.resize(size);
    shown.resize(size, Math.min(RATIO_MAX, devicePixelRatio));
  };
  const recolour = () => {
    ink = readInk(window, (shape) => pictures.get(shape));
    shown.paintAll();
  };
  const hasPage = computed(() => desk.state.value.hasPage);
  let hadPage = hasPage.peek();
  const stops = [
    watchSize(window, resize),
    // The window has its other colours when it is drawn next.
    hasPage.subscribe((now) => {
      if (now !== hadPage) requestAnimationFrame(recolour);
      hadPage = now;
    }),
    watchScheme(recolour),
    listenTo(window, desk),
    effect(() => desk.receivePointer(theirPointer.value)),
  ];
  resize();
  shown.show(desk.state.peek().view);
  stops.push(
    effect(() => {
      const part = theirView.value && readLook(theirView.value);
      if (part) desk.bring(part);
      if (theirView.peek()) theirView.value = null;
    }),
  );
  return () => {
    for (const stop of stops) stop();
    desk.leave();
    shown.stop();
    painter = null;
  };
}

function watchSize(window: HTMLElement, resize: () => void): () => void {
  const observer = 'ResizeObserver' in self ? new ResizeObserver(resize) : null;
  observer?.observe(window);
  return () => observer?.disconnect();
}

function watchScheme(recolour: () => void): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  // Safari before 14 has no addEventListener here; the handler works everywhere.
  dark.onchange = recolour;
  return () => {
    dark.onchange = null;
  };
}
