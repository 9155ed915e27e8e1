// One person's place at the board: what they see of it, what they hold, and what they are told. It knows no page; what it paints on and
// whom it tells it is given. Law: nobody's view is moved while they draw or write.

import { type Signal, signal } from '@preact/signals';
import { BoardDocument, type Change } from '../../classroom/board-document';
import { around, boundsOf, grow, meets, type Rect, unite } from '../../classroom/board-geometry';
import { BoardGrid } from '../../classroom/board-grid';
import { BoardHand, type Held } from '../../classroom/board-hand';
import { NO_INPUT, type PointerInput, receiveInput } from '../../classroom/board-input';
import { partsOf } from '../../classroom/board-painter';
import { PICTURES_MAX, type SmallPicture } from '../../classroom/board-pictures';
import { isFixed, placePage, placePicture } from '../../classroom/board-places';
import {
  cleanText,
  compareShapes,
  type PenPoint,
  type Place,
  type Shape,
  toStep,
} from '../../classroom/board-shapes';
import { NOWHERE, type Pointer, readPointer, writeLook, writePointer } from '../../classroom/board-signs';
import {
  FIRST_VIEW,
  follow,
  reveal,
  type Size,
  shownIn,
  showWhole,
  toBoard,
  type View,
  zoomAt,
} from '../../classroom/board-view';
import { countShapes, type DeskHost, type DeskNotice, type DeskView, FIRST_DESK } from './desk-view';

/** How near an eraser, or a hand, must come to a line, CSS pixels. */
const REACH_PX = 8;

export class BoardDesk {
  readonly state: Signal<DeskView>;
  theirs: Pointer | null = null;
  /** Where the keyboard is on the board, and whether it presses. */
  cursor: Place | null = null;
  laser: Place | null = null;
  readonly hand: BoardHand;
  private readonly board: BoardDocument;
  private readonly grid = new BoardGrid();
  private input = NO_INPUT;
  private pressed: Place = { x: 0, y: 0 };
  private size: Size = { across: 1, down: 1 };

  constructor(
    doc: ConstructorParameters<typeof BoardDocument>[0],
    private readonly host: DeskHost,
  ) {
    this.board = new BoardDocument(doc);
    for (const shape of this.board.shapes.values()) this.grid.add(shape);
    this.board.onChange = (changes) => this.receive(changes);
    this.hand = new BoardHand({
      begin: () => this.board.begin(),
      add: (draft) => this.tell(host.isFull() || !this.board.add(draft) ? 'full' : null),
      replace: (shape) => this.board.replace(shape),
      erase: (shapes) => this.board.erase(shapes),
      takeBack: () => this.board.undo(),
      find: (from, to) => this.findAt(from, to).filter((shape) => !isFixed(shape)),
      write: (at) => this.write(at),
    });
    this.state = signal({ ...FIRST_DESK, held: this.hand.held });
    this.count();
  }

  /** Whether the person is in the middle of something. */
  get isBusy(): boolean {
    return this.hand.state !== 'idle' || this.state.value.writing !== null;
  }

  find(part: Rect): readonly Shape[] {
    return this.grid.find(part);
  }

  resize(size: Size): void {
    this.size = size;
  }

  hold(held: Partial<Held>): void {
    this.hand.held = { ...this.hand.held, ...held };
    this.change({ held: this.hand.held });
  }

  setFingerDraws(fingerDraws: boolean): void {
    this.change({ fingerDraws });
  }

  /** Take in what a pointer did in the window; *pressure* as in `PenPoint`. */
  point(pointer: PointerInput, pressure: number): void {
    const isPanning = pointer.isPanning || this.hand.held.tool === 'pan';
    const [input, effects] = receiveInput(
      this.input,
      { ...pointer, isPanning },
      this.state.value.fingerDraws,
    );
    this.input = input;
    for (const effect of effects) {
      // What they saw of it goes, too.
      if (effect.kind === 'abandon') this.leave();
      if (effect.kind === 'follow') this.show(follow(this.state.value.view, effect.before, effect.after));
      else if (effect.kind === 'begin' || effect.kind === 'extend')
        this.act(effect.kind, effect.at, pressure);
      else this.act(effect.kind);
    }
    if (pointer.kind !== 'touch' || this.hand.state !== 'idle') this.showPointer(pointer);
  }

  /** The pointer has left the window. */
  leave(): void {
    this.laser = null;
    this.host.paint.ask();
    this.host.show({ kind: 'pointer', bytes: NOWHERE });
  }

  /** Move the place of the keyboard by pixels of the window; it begins in the middle. */
  moveCursor(x: number, y: number): void {
    const { view } = this.state.value;
    const { across, down } = this.size;
    const from = this.cursor ?? toBoard(view, { x: across / 2, y: down / 2 });
    this.cursor = toStep({ x: from.x + x / view.scale, y: from.y + y / view.scale });
    if (this.hand.state !== 'idle') this.hand.extend({ ...this.cursor, pressure: 0 });
    this.show(reveal(view, this.cursor, this.size));
    this.showAt(this.cursor);
  }

  /** Press at the place of the keyboard, or end the press. */
  pressCursor(): void {
    if (!this.cursor) this.moveCursor(0, 0);
    else if (this.hand.state === 'idle') this.begin({ ...this.cursor, pressure: 0 });
    else this.act('end');
    // A text is placed, and a thing erased, by one press.
    if (this.hand.state === 'placing' || this.hand.state === 'erasing') this.act('end');
    this.host.paint.ask();
  }

  /** End what the keyboard does; returns whether there was anything to end. */
  escape(): boolean {
    const isBusy = this.hand.state !== 'idle' || this.cursor !== null;
    this.act('abandon');
    this.cursor = null;
    return isBusy;
  }

  undo(): void {
    this.board.undo();
    this.count();
  }

  redo(): void {
    this.board.redo();
    this.count();
  }

  /** Enlarge around *at* of the window, or around its middle. */
  zoom(times: number, at: Place = { x: this.size.across / 2, y: this.size.down / 2 }): void {
    this.show(zoomAt(this.state.value.view, at, times));
  }

  pan(x: number, y: number): void {
    this.show(follow(this.state.value.view, [{ x: 0, y: 0 }], [{ x, y }]));
  }

  showAll(): void {
    const all = unite([...this.board.shapes.values()].map(boundsOf));
    this.show(all ? showWhole(all, this.size) : FIRST_VIEW);
  }

  /** Write *text* where the person began to; nothing takes a text away that was there. */
  finishText(text: string): void {
    const { writing, held } = this.state.value;
    if (!writing) return;
    this.change({ writing: null });
    const cleaned = cleanText(text);
    const { before, at } = writing;
    this.board.begin();
    if (before && cleaned === '') this.board.erase([before]);
    else if (before && cleaned !== before.text) this.board.replace({ ...before, text: cleaned });
    else if (!before && cleaned !== '') {
      const { colour, width } = held;
      const isFull =
        this.host.isFull() || !this.board.add({ kind: 'text', ...toStep(at), colour, width, text: cleaned });
      this.tell(isFull ? 'full' : null);
    }
    this.host.paint.ask();
  }

  /** Put a picture into the middle of what is seen; null is a file that is none. */
  addPicture(picture: SmallPicture | null): void {
    if (picture) this.put(placePicture(picture, this.seen), 'above');
    else this.tell('no-picture');
    this.hold({ tool: 'move' });
  }

  /** Let the person choose a page of *pdf*; null ends that. */
  choosePage(pdf: File | null): void {
    this.change({ pdf });
  }

  /** Put a page below all that is drawn, and show it. */
  addPage(page: SmallPicture): void {
    const draft = placePage(page, [...this.board.shapes.values()], this.seen);
    if (this.put(draft, 'below')) this.show(showWhole(boundsOf({ ...draft, key: '', z: 0 }), this.size));
  }

  /** Let the page that was touched be moved and erased as any picture. */
  release(): void {
    const { fixed } = this.state.value;
    if (!fixed) return;
    const { isFixed: _, ...free } = fixed;
    this.board.begin();
    this.board.replace(free);
    this.hold({ tool: 'move' });
  }

  /** Take the page that was touched from the board. */
  remove(): void {
    const { fixed } = this.state.value;
    this.board.begin();
    if (fixed) this.board.erase([fixed]);
  }

  /** Bring the other person to what one sees. */
  callOther(): void {
    const bytes = writeLook(this.seen);
    this.host.show({ kind: 'look-here', bytes });
  }

  /** The other person wants one to look at *part*. Who is busy is asked. */
  bring(part: Rect): void {
    if (this.isBusy) this.change({ wanted: part });
    else this.goTo(part);
  }

  goTo(part: Rect): void {
    const before = this.state.value.before ?? this.state.value.view;
    this.change({ before, wanted: null });
    this.move(showWhole(part, this.size));
  }

  /** Go back to where one was. */
  goBack(): void {
    const { before } = this.state.value;
    this.change({ before: null, wanted: null });
    if (before) this.move(before);
  }

  /** Stay. */
  stay(): void {
    this.change({ before: null, wanted: null });
  }

  receivePointer(bytes: Uint8Array): void {
    this.theirs = readPointer(bytes);
    this.host.paint.ask();
  }

  tell(notice: DeskNotice | null): void {
    if (notice !== this.state.value.notice) this.change({ notice });
  }

  private act(what: 'begin' | 'extend' | 'end' | 'abandon', at?: Place, pressure = 0): void {
    const point: PenPoint = { ...toBoard(this.state.value.view, at ?? { x: 0, y: 0 }), pressure };
    if (what === 'begin') this.begin(point);
    else if (what === 'extend') this.hand.extend(point);
    else this.end(what);
    if (what === 'end' || what === 'abandon') this.count();
    this.host.paint.ask();
  }

  private begin(point: PenPoint): void {
    const { before, fixed } = this.state.value;
    if (before || fixed) this.change({ before: null, fixed: null });
    this.pressed = point;
    this.hand.begin(point);
  }

  private end(how: 'end' | 'abandon'): void {
    const wants = ['move', 'eraser'].includes(this.hand.held.tool) && how === 'end' && !this.hand.hasMet;
    const fixed = wants ? this.findAt(this.pressed, this.pressed).find(isFixed) : undefined;
    this.hand[how]();
    if (fixed) this.change({ fixed });
  }

  private get seen(): Rect {
    return shownIn(this.state.value.view, this.size);
  }

  private put(draft: ReturnType<typeof placePicture>, where: 'above' | 'below'): boolean {
    const pictures = [...this.board.shapes.values()].filter(({ kind }) => kind === 'picture');
    this.board.begin();
    const isPut = pictures.length < PICTURES_MAX && !this.host.isFull() && this.board.add(draft, where);
    this.tell(isPut ? null : 'full');
    return isPut;
  }

  private showPointer({ what, x, y }: PointerInput): void {
    if (what === 'cancel') this.leave();
    else this.showAt(toBoard(this.state.value.view, { x, y }));
  }

  private showAt(place: Place): void {
    const isLaser = this.hand.held.tool === 'laser';
    this.laser = isLaser ? place : null;
    this.host.paint.ask();
    this.host.show({
      kind: 'pointer',
      bytes: writePointer({ ...toStep(place), isLaser, live: this.hand.live }),
    });
  }

  private findAt(from: Place, to: Place): readonly Shape[] {
    const reach = REACH_PX / this.state.value.view.scale;
    return this.grid
      .find(grow(around([from, to]), reach))
      .filter((shape) => meets(shape, from, to, reach))
      .sort((one, other) => compareShapes(other, one));
  }

  private write(at: Place): void {
    const before = this.findAt(at, at).find((shape) => shape.kind === 'text') ?? null;
    this.change({ writing: { at: before ?? at, before } });
  }

  /** The person moves the board: the way back is forgotten. */
  private show(view: View): void {
    if (this.state.value.before) this.change({ before: null });
    this.move(view);
  }

  private move(view: View): void {
    this.change({ view });
    this.host.paint.show(view);
  }

  private receive(changes: readonly Change[]): void {
    for (const { before, after } of changes) {
      if (after) this.grid.add(after);
      else if (before) this.grid.remove(before.key);
      if (before && !after) this.host.forget(before);
      if (before && before.key === this.state.value.fixed?.key) this.change({ fixed: null });
    }
    const { paint } = this.host;
    paint.paintOver(changes.flatMap(({ after, isOver }) => (after && isOver ? [after] : [])));
    const others = changes.filter(({ isOver }) => !isOver);
    paint.repaint(partsOf(others.flatMap(({ before, after }) => [before, after])));
    this.count();
  }

  private count(): void {
    const { board } = this;
    const { canUndo, canRedo } = board;
    this.change({ canUndo, canRedo, ...countShapes([...board.shapes.values()]) });
  }

  private change(changes: Partial<DeskView>): void {
    this.state.value = { ...this.state.value, ...changes };
  }
}
