// The row one reaches for: microphone, camera, chat, end (R12). Green is on, red is off, and the words say so, too.

import type { IconNode } from 'lucide';
import { MessageSquare, Mic, MicOff, Phone, Video, VideoOff } from 'lucide';
import './Controls.css';
import { t } from '../i18n';
import { Icon } from '../platform/icon';
import { call, pageProblem, stage, state } from './model';
import { isPanelOpen, openPanel, unread } from './Panel';

export function Controls() {
  const { me, isEnding } = state.value;
  const isGone = stage.value === 'moved' || stage.value === 'refused' || pageProblem !== null;
  return (
    <section class="controls" aria-label={t('control.group')}>
      <Toggle
        part="microphone"
        label={t('control.microphone')}
        title={t(me.audio ? 'control.mute' : 'control.unmute')}
        isOn={me.audio}
        icons={[Mic, MicOff]}
        isDisabled={isGone}
        onClick={() => call.dispatch({ type: 'switch', device: 'audio', on: !me.audio })}
      />
      <Toggle
        part="camera"
        label={t('control.camera')}
        title={t(me.video ? 'control.hide' : 'control.show')}
        isOn={me.video}
        icons={[Video, VideoOff]}
        isDisabled={isGone}
        onClick={() => call.dispatch({ type: 'switch', device: 'video', on: !me.video })}
      />
      <button
        type="button"
        class="control plain"
        aria-pressed={isPanelOpen.value}
        aria-label={t('control.panel')}
        title={t('control.panel')}
        onClick={() => openPanel(!isPanelOpen.value)}
      >
        <Icon of={MessageSquare} />
        {unread.value > 0 && (
          <span class="control-count" role="img" aria-label={t('control.unread', { count: unread.value })}>
            {unread.value}
          </span>
        )}
      </button>
      <button
        type="button"
        class="control end"
        aria-label={t('control.end')}
        title={t('control.end')}
        disabled={isGone || isEnding}
        onClick={() => call.dispatch({ type: 'end' })}
      >
        <Icon of={Phone} />
      </button>
    </section>
  );
}

interface ToggleProps {
  readonly part: string;
  readonly label: string;
  readonly title: string;
  readonly isOn: boolean;
  readonly icons: readonly [IconNode, IconNode];
  readonly isDisabled: boolean;
  readonly onClick: () => void;
}

function Toggle({ part, label, title, isOn, icons, isDisabled, onClick }: ToggleProps) {
  return (
    <button
      type="button"
      class={isOn ? 'control on' : 'control off'}
      data-part={part}
      aria-pressed={isOn}
      aria-label={label}
      title={title}
      disabled={isDisabled}
      onClick={onClick}
    >
      <Icon of={isOn ? icons[0] : icons[1]} />
    </button>
  );
}
