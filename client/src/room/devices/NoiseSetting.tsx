// The strong noise suppression: its switch, what became of it, and the level of what is sent. The microphone's own level stands
// above, so that both are seen.

import { useEffect, useState } from 'preact/hooks';
import type { Chosen } from '../../call/media/device-choices';
import type { Devices } from '../../call/media/devices';
import { type LaterKey, locale } from '../../i18n';
import { formatNumber } from '../../i18n/format';
import { t } from '../../i18n/lazy-words';
import { canCleanVoice, type VoiceNews } from '../../retouch/own-voice';
import { Level } from './Level';
import { startRetouch, voiceNews } from './own-retouch';
import { Switch } from './Switch';

/** What it loads when it is first chosen, megabytes on the way. */
const WEIGHT_MB = 1.3;

interface NoiseProps {
  readonly devices: Devices;
  readonly chosen: Chosen;
}

export function NoiseSetting({ devices, chosen }: NoiseProps) {
  const isPossible = canCleanVoice();
  const isOn = isPossible && chosen.removesNoise && !chosen.isMusic;
  const hint = chooseHint(isPossible, chosen.isMusic, voiceNews.value);
  useEffect(() => startRetouch(devices), [devices]);
  return (
    <div class="settings-effect">
      <Switch
        part="noise"
        label={t('effects.noise')}
        hint={
          hint === 'effects.noise-hint'
            ? `${t(hint)} ${t('effects.weight', { size: formatNumber(locale.value, WEIGHT_MB) })}`
            : t(hint)
        }
        isOn={isOn}
        isFixed={!isPossible || chosen.isMusic}
        onChange={(removesNoise) => devices.choices.set({ removesNoise })}
      />
      {isOn && <Sent devices={devices} />}
    </div>
  );
}

/** Say what it does, why it cannot be had, or what became of it. */
export function chooseHint(isPossible: boolean, isMusic: boolean, news: VoiceNews): LaterKey {
  if (!isPossible) return 'effects.none';
  if (isMusic) return 'effects.noise-music';
  return news ? `effects.noise-${news}` : 'effects.noise-hint';
}

function Sent({ devices }: Pick<NoiseProps, 'devices'>) {
  const [sent, setSent] = useState(devices.sent.audio);
  useEffect(
    () => devices.subscribe({ onSent: (kind, track) => kind === 'audio' && setSent(track) }),
    [devices],
  );
  return (
    <div class="settings-sent">
      <span aria-hidden="true">{t('effects.noise-level')}</span>
      <Level track={sent} part="sent-level" label={t('effects.noise-level')} />
    </div>
  );
}
