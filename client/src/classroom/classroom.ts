// One lesson's tools as a whole: the document, its copy on this device, and its way to the other page. A page makes one, and gives it
// one channel after another. Law: the service sees nothing of it.

import type { Doc } from 'yjs';
import type { CaptionTalk } from './caption-talk';
import { DocumentStore } from './document-store';
import { DocumentSync, type SyncNotice } from './document-sync';
import { LessonDocument } from './lesson-document';
import type { RecordingTalk } from './recording-talk';
import { type FileTraffic, type Shown, type ToolChannel, ToolLine } from './tool-line';

/** What a person is told, each once. `unkept`: this browser keeps nothing, so a reload without the other page loses it. */
export type ClassroomNotice = SyncNotice | 'unkept';

/** How the tools stand. */
export interface ClassroomStatus {
  /** The other page has not been heard of for 5 s. */
  readonly isMissing: boolean;
  /** Nothing more can be added. */
  readonly isFull: boolean;
  readonly notices: readonly ClassroomNotice[];
  /** The other person hears again what was said here last. */
  readonly hasListener: boolean;
}

export class Classroom {
  readonly doc: Doc;
  /** Resolves when what was kept on this device is in the document; never rejects. */
  readonly restored: Promise<void>;
  status: ClassroomStatus = { isMissing: false, isFull: false, notices: [], hasListener: false };

  /** Where the other person's caret is in the notes; empty for nowhere. */
  theirCaret: Uint8Array = new Uint8Array();
  /** Hears of each change of that. */
  onCaret: (caret: Uint8Array) => void = () => undefined;
  /** Hears what the other person shows on the board. */
  onShown: (shown: Shown) => void = () => undefined;

  private readonly document: LessonDocument;
  private readonly sync: DocumentSync;
  private readonly line: ToolLine;
  private store: DocumentStore | null = null;
  /** Whether something came before the store was open. */
  private hasUnkept = false;

  /** *lesson* names the document on this device; *onStatus* hears of every change of the status. */
  constructor(
    lesson: string,
    private readonly clock: () => number,
    private readonly onStatus: (status: ClassroomStatus) => void,
  ) {
    this.document = new LessonDocument((update, isOwn) => this.take(update, isOwn));
    this.doc = this.document.doc;
    this.sync = new DocumentSync(this.document, (notice) => this.tell(notice), clock());
    this.sync.onCaret = (caret) => {
      this.theirCaret = caret;
      this.onCaret(caret);
    };
    this.line = new ToolLine(
      this.sync,
      clock,
      (notice) => this.tell(notice),
      () => this.look(),
    );
    this.line.onShown = (shown) => this.onShown(shown);
    this.restored = this.open(lesson);
  }

  /** What both people have said, and say. */
  get captions(): CaptionTalk {
    return this.line.captions;
  }

  /** What the two pages say of a recording. */
  get recording(): RecordingTalk {
    return this.line.recording;
  }

  /** Talk to the other page over *channel* from now on. */
  use(channel: ToolChannel | null): void {
    this.line.use(channel);
  }

  /** Tell the other page whether this person hears again what they said last. */
  setListening(isListening: boolean): void {
    this.line.setListening(isListening);
  }

  /** Tell the other page where the own caret is. */
  moveCaret(caret: Uint8Array): void {
    this.sync.moveCaret(caret);
    this.line.send();
  }

  /** Show the other person where one points, or where to look. */
  showOther(shown: Shown): void {
    this.line.show(shown);
  }

  /** Let the other's edits wait while a word is composed, and take them in after it. */
  hold(isHeld: boolean): void {
    if (isHeld) this.document.hold();
    else this.sync.judge(this.document.release());
  }

  /** Carry the lesson's *files*, too, from now on. */
  carry(files: FileTraffic): void {
    this.line.carry(files);
  }

  /** There is something to send. */
  send(): void {
    this.line.send();
  }

  stop(): void {
    this.line.stop();
  }

  /** What was kept may come after what the other page sends: the order of updates makes no difference. */
  private async open(lesson: string): Promise<void> {
    const { document } = this;
    try {
      const [store, updates] = await DocumentStore.open(
        {
          lesson,
          mergeUpdates: (several) => document.mergeUpdates(several),
          readWhole: () => document.readWhole(),
          onLost: () => this.tell('unkept'),
        },
        this.clock(),
      );
      this.store = store;
      if (this.hasUnkept) store.add(document.readWhole());
      for (const update of updates) {
        document.restore(update);
        this.sync.addEdit(update);
      }
      this.line.send();
    } catch {
      this.tell('unkept');
    }
  }

  private take(update: Uint8Array, isOwn: boolean): void {
    if (this.store) this.store.add(update);
    else this.hasUnkept = true;
    if (!isOwn) return;
    this.sync.addEdit(update);
    this.line.send();
  }

  private tell(notice: ClassroomNotice): void {
    const { notices } = this.status;
    if (!notices.includes(notice)) this.show({ ...this.status, notices: [...notices, notice] });
  }

  /** Looked at in steps: a sign that comes and goes a hundred times a second does not draw the page as often. */
  private look(): void {
    const isMissing = this.sync.isMissing(this.clock());
    const { isFull } = this.document;
    const hasListener = this.line.hasListener && !isMissing;
    const { status } = this;
    if (isMissing !== status.isMissing || isFull !== status.isFull || hasListener !== status.hasListener)
      this.show({ ...status, isMissing, isFull, hasListener });
  }

  private show(status: ClassroomStatus): void {
    this.status = status;
    this.onStatus(status);
  }
}
