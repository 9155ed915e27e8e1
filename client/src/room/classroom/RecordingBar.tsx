// The row of the recording, under the pictures: the question, the sign that both see all the time, and the file that was made. Nothing
// covers the bill, and the sign is no colour alone.

import { Circle, CircleStop, Download, Trash2, X } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import './RecordingBar.css';
import type { Role } from '../../call/transport/wire';
import type { RecordingState } from '../../classroom/recording-rules';
import { t } from '../../i18n/lazy-words';
import { Icon } from '../../ui/Icon';
import { announce } from '../../ui/LiveRegion';
import { otherRole } from '../store/room-store';
import { recording } from './live-recording';
import type { Take } from './recording';

export { startLiveRecording } from './live-recording';

export function RecordingBar() {
  const { state, news, takes } = recording.view.value;
  const [take] = takes;
  const said = sentenceOf(state, otherRole);
  const told = state === 'off' && news ? t(`recording.${news}`) : null;
  useEffect(() => {
    const words = state === 'asked' ? `${t(`recording.asks.${otherRole}`)} ${t('recording.about')}` : null;
    const spoken = words ?? (said ? t(said) : told);
    if (spoken) announce('recording', spoken);
  }, [state, said, told]);
  if (state === 'off' && !told && !take) return null;
  return (
    <section class="recording" aria-label={t('recording.title')} data-part="recording" data-state={state}>
      {state === 'asked' && <Question />}
      {said && <Sign state={state} said={said} />}
      {told && !(take && news === 'over') && (
        <Line part="recording-news" words={told}>
          <Button part="dismiss" icon={X} label={t('notice.dismiss')} onClick={() => recording.dismiss()} />
        </Line>
      )}
      {take && state === 'off' && <Taken take={take} />}
    </section>
  );
}

type Sentence = `recording.${'waiting' | 'own' | 'held' | 'saving'}` | `recording.theirs.${Role}`;

/** Choose what the sign says; null where there is none. */
export function sentenceOf(state: RecordingState, other: Role): Sentence | null {
  switch (state) {
    case 'asking':
      return 'recording.waiting';
    case 'recording':
      return 'recording.own';
    case 'held':
      return 'recording.held';
    case 'stopping':
      return 'recording.saving';
    case 'recorded':
      return `recording.theirs.${other}`;
    default:
      return null;
  }
}

/** The dot is there while somebody is recorded. */
function Sign({ state, said }: { readonly state: RecordingState; readonly said: Sentence }) {
  const isRecorded = state === 'recording' || state === 'recorded';
  return (
    <Line part="recording-sign" words={t(said)} hasDot={isRecorded}>
      {state !== 'stopping' && (
        <Button
          part="stop"
          icon={state === 'asking' ? X : CircleStop}
          label={t(state === 'asking' ? 'files.cancel' : 'recording.stop')}
          onClick={() => recording.stop()}
        />
      )}
    </Line>
  );
}

/** Plain: who asks, what is in it, and that either ends it. Without an answer nothing happens. */
function Question() {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset needs a form's look taken away.
    <div
      class="recording-question"
      role="group"
      aria-labelledby="recording-question"
      data-part="recording-question"
    >
      <p id="recording-question">
        <strong>{t(`recording.asks.${otherRole}`)}</strong> {t('recording.about')}
      </p>
      <div class="recording-buttons">
        <Button part="no" label={t('captions.no')} onClick={() => recording.decline()} />
        <Button part="yes" label={t('recording.yes')} onClick={() => recording.agree()} />
      </div>
    </div>
  );
}

/** A file that is there. */
function Taken({ take }: { readonly take: Take }) {
  const words = t(take.isSaved ? 'recording.saved' : 'recording.kept', { name: `\u2068${take.name}\u2069` });
  return (
    <Line part="recording-file" words={words} isFile>
      <Button part="save" icon={Download} label={t('files.save')} onClick={() => void recording.save(take)} />
      <Button
        part="delete"
        icon={Trash2}
        label={t('recording.delete')}
        onClick={() => recording.remove(take)}
      />
    </Line>
  );
}

interface LineProps {
  readonly part: string;
  readonly words: string;
  readonly hasDot?: boolean;
  readonly isFile?: boolean;
  readonly children: ComponentChildren;
}

function Line({ part, words, hasDot = false, isFile = false, children }: LineProps) {
  return (
    <div class={isFile ? 'recording-line is-file' : 'recording-line'} data-part={part}>
      <p class={hasDot ? 'recording-words is-on' : 'recording-words'}>
        {hasDot && <Icon of={Circle} />}
        <span>{words}</span>
      </p>
      <div class="recording-buttons">{children}</div>
    </div>
  );
}

interface ButtonProps {
  readonly part: string;
  readonly icon?: typeof X;
  readonly label: string;
  readonly onClick: () => void;
}

function Button({ part, icon, label, onClick }: ButtonProps) {
  return (
    <button type="button" class="button" data-part={`recording-${part}`} onClick={onClick}>
      {icon && <Icon of={icon} />}
      <span>{label}</span>
    </button>
  );
}
