// Keeps the chat of a tab over a reload: its lines (a restarted service has forgotten them), unsent lines, and the draft. They
// stay in this tab. When the session ends, all but the lines are removed; these can be taken home as long as the tab is open.

import { effect, signal } from '@preact/signals';
import { listOf, nullable, object, type Read, text } from '../../base/shapes';
import type { PendingLine } from '../../call/state';
import { chatLine } from '../../call/transport/wire';
import { isShown } from '../../theme/apply-theme';
import { call, link, state } from '../store/room-store';
import { seenId } from '../store/unread';

/** The text in the box that is not sent yet. */
export const draft = signal('');

const keptChat = object({
  lines: listOf(chatLine),
  pending: listOf(object({ id: text, text })),
  seenId: nullable(text),
  draft: text,
});

/** Bring back what was kept, and keep the chat from now on. Where storage is forbidden or full, nothing is kept. */
export function keepChat(): void {
  const known = read();
  if (known) {
    seenId.value = known.seenId;
    draft.value = known.draft;
    const pending = known.pending.map((line) => ({ ...line, sentMs: null }));
    call.dispatch({ type: 'recall', chat: known.lines, pending });
  }
  effect(() => {
    const { chat, pending, outcome } = state.value;
    if (outcome?.kind !== 'ended') write({ lines: chat, pending, seenId: seenId.value, draft: draft.value });
    else if (isShown('home')) write({ lines: chat, pending: [], seenId: null, draft: '' });
    else forget();
  });
}

interface ChatToKeep extends Omit<Read<typeof keptChat>, 'pending'> {
  readonly pending: readonly PendingLine[];
}

let written: ChatToKeep | null = null;

function write(next: ChatToKeep): void {
  const isSame =
    written !== null &&
    written.lines === next.lines &&
    written.pending === next.pending &&
    written.seenId === next.seenId &&
    written.draft === next.draft;
  if (isSame) return;
  written = next;
  try {
    const pending = next.pending.filter(({ refused }) => !refused);
    sessionStorage.setItem(key(), JSON.stringify({ ...next, pending }));
  } catch {
    // Forbidden or full: a reload shows what the service kept.
  }
}

function read(): Read<typeof keptChat> | null {
  try {
    return keptChat(JSON.parse(sessionStorage.getItem(key()) ?? 'null'), 'chat');
  } catch {
    return null;
  }
}

function forget(): void {
  try {
    sessionStorage.removeItem(key());
  } catch {
    // Forbidden: then nothing was kept.
  }
}

function key(): string {
  return `langdao:chat:${link.role}:${link.room}`;
}
