// What stands between a person and the other's copy of the document, in a sentence: the connection, the space, what could not be read.

import './ToolStatus.css';
import type { ClassroomStatus } from '../../classroom/classroom';
import { t } from '../../i18n/lazy-words';
import { state } from '../store/room-store';
import { tools } from './tools-state';

type Sentence = 'tools.missing' | 'tools.full' | 'tools.unkept' | 'tools.dropped';

export function ToolStatus() {
  const { value: status } = tools.status;
  const said = status ? sentencesOf(status, state.value.peer !== null) : [];
  return (
    <output class="tool-statuses">
      {said.map((key) => (
        <span key={key} class="tool-status" data-part={key.replace('.', '-')}>
          {t(key)}
        </span>
      ))}
    </output>
  );
}

/** Choose what to say. Nobody is missed who is not in the lesson: the stage says that. */
export function sentencesOf({ isMissing, isFull, notices }: ClassroomStatus, hasPeer: boolean): Sentence[] {
  const said: Sentence[] = [];
  if (isMissing && hasPeer) said.push('tools.missing');
  if (isFull || notices.includes('full')) said.push('tools.full');
  if (notices.includes('unkept')) said.push('tools.unkept');
  if (notices.includes('flood') || notices.includes('unreadable')) said.push('tools.dropped');
  return said;
}
