// All of "say that again", loaded once the call stands: under the pictures the other’s last half minute as a wave, the part of it that
// is heard again, and how fast. Nothing covers the bill.

import { Play, Repeat, Square, Trash2, X } from 'lucide';
import './AgainBar.css';
import { locale } from '../../i18n';
import { formatNumber } from '../../i18n/format';
import { t } from '../../i18n/lazy-words';
import { Icon } from '../../ui/Icon';
import { Wave } from './AgainWave';
import { sayAgain } from './keep-voice';
import { SPEEDS } from './say-again';

export { keepVoice } from './keep-voice';

export function AgainBar() {
  const { state, recording, speed, isLooping } = sayAgain.view.value;
  const isPlaying = state === 'playing';
  return (
    <section
      class="again"
      aria-label={t('again.title')}
      data-part="again-bar"
      data-state={state}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        sayAgain.close();
      }}
    >
      <Tool
        part={isPlaying ? 'again-stop' : 'again-play'}
        icon={isPlaying ? Square : Play}
        label={t(isPlaying ? 'again.stop' : 'again.play')}
        isDisabled={!recording}
        onClick={() => (isPlaying ? sayAgain.stop() : sayAgain.play())}
      />
      <div class="again-wave">
        {recording && <Wave recording={recording} />}
        {state === 'empty' && <p data-part="again-empty">{t('again.empty')}</p>}
      </div>
      <div class="again-tools">
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset needs a form's look taken away. */}
        <div class="again-speeds" role="group" aria-label={t('again.speed')}>
          {SPEEDS.map((each) => (
            <button
              key={each}
              type="button"
              class="button"
              data-part={`again-speed-${each * 100}`}
              aria-pressed={each === speed}
              onClick={() => sayAgain.setSpeed(each)}
            >
              {formatNumber(locale.value, each)} ×
            </button>
          ))}
        </div>
        <Tool
          part="again-loop"
          icon={Repeat}
          label={t('again.loop')}
          isPressed={isLooping}
          onClick={() => sayAgain.setLooping(!isLooping)}
        />
        <Tool part="again-forget" icon={Trash2} label={t('again.forget')} onClick={() => sayAgain.forget()} />
        <Tool part="again-close" icon={X} label={t('again.close')} onClick={() => sayAgain.close()} />
      </div>
    </section>
  );
}

interface ToolProps {
  readonly part: string;
  readonly icon: typeof Play;
  readonly label: string;
  readonly isPressed?: boolean;
  readonly isDisabled?: boolean;
  readonly onClick: () => void;
}

function Tool({ part, icon, label, isPressed, isDisabled, onClick }: ToolProps) {
  return (
    <button
      type="button"
      class="button again-tool"
      data-part={part}
      aria-label={label}
      aria-pressed={isPressed}
      title={label}
      disabled={isDisabled}
      onClick={onClick}
    >
      <Icon of={icon} />
    </button>
  );
}
