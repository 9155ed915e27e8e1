// The lesson's tools, as the page knows them. What they are made of is loaded when either person opens the first one. Law: a page on
// which nobody opens a tool loads nothing for them.

import { effect, type Signal, signal } from '@preact/signals';
import { readClock } from '../../base/clock';
import { loadPart } from '../../base/load-part';
import type { Classroom, ClassroomStatus } from '../../classroom/classroom';
import { t } from '../../i18n/lazy-words';
import { isShown } from '../../theme/apply-theme';
import { call, link, otherRole, state } from '../store/room-store';

/** The features that talk over the tools' channel. */
const TOOLS = ['board', 'captions', 'files', 'notes', 'recording', 'say-again', 'vocabulary'] as const;

type Opened = Pick<
  Classroom,
  | 'captions'
  | 'recording'
  | 'doc'
  | 'restored'
  | 'status'
  | 'theirCaret'
  | 'onCaret'
  | 'use'
  | 'onShown'
  | 'moveCaret'
  | 'showOther'
  | 'hold'
  | 'setListening'
  | 'carry'
  | 'send'
  | 'stop'
>;

/** Makes the classroom of this lesson, and tells of its status from then on. */
type Load = (onStatus: (status: ClassroomStatus) => void) => Promise<Opened>;

/** One lesson's tools: not asked for, asked for, or there. */
export class Tools {
  readonly classroom: Signal<Opened | null> = signal(null);
  readonly status: Signal<ClassroomStatus | null> = signal(null);
  private channel: RTCDataChannel | null = null;
  private isAsked = false;
  private isOver = false;
  private isListening = false;

  constructor(private readonly load: Load) {}

  /** Talk over *channel* from now on. Its first message says that the other person has opened a tool. It is lost until the tools are
   * loaded; they say hello then, and get everything. */
  use(channel: RTCDataChannel | null): void {
    this.channel = channel;
    if (this.classroom.value) this.classroom.value.use(channel);
    else if (channel) channel.onmessage = () => void this.open();
  }

  /** Load the tools, once. */
  async open(): Promise<void> {
    if (this.isAsked || this.isOver) return;
    this.isAsked = true;
    const classroom = await this.load((status) => {
      this.status.value = status;
    });
    if (this.isOver) {
      classroom.stop();
      return;
    }
    this.status.value = classroom.status;
    classroom.setListening(this.isListening);
    classroom.use(this.channel);
    this.classroom.value = classroom;
  }

  /** Let the other page show whether this person hears again what they said last. */
  setListening(isListening: boolean): void {
    this.isListening = isListening;
    this.classroom.value?.setListening(isListening);
    if (isListening) void this.open();
  }

  /** The lesson is over. What was made in it stays. */
  stop(): void {
    this.isOver = true;
    this.classroom.value?.stop();
  }
}

export const tools = new Tools(async (onStatus) => {
  const { Classroom } = await loadPart(() => import('../../classroom/classroom'));
  return new Classroom(lessonName(), readClock, onStatus);
});

/** What the document is called on this device. */
export function lessonName(): string {
  return `${link.role} ${link.room}`;
}

/** The name of the other person, who may be gone; null where nobody told it. */
export const metName: Signal<string | null> = signal(null);

/** How the other person is called, as the service says. */
export function otherName(): string {
  return state.peek().peer?.name ?? t(`role.${otherRole}`);
}

/** Be ready for the tools from now on, if the platform shows any. */
export function startTools(): void {
  if (!TOOLS.some(isShown)) return;
  call.subscribe({ onChannel: (channel) => tools.use(channel) });
  effect(() => {
    const { peer, outcome } = state.value;
    metName.value = peer?.name ?? metName.peek();
    if (outcome) tools.stop();
  });
}
