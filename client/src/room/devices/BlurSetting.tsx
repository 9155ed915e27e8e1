// The blur of the background: the camera's own system does it where it can, else a thread of this page. The picture below the switch
// is what is sent.

import { useEffect, useRef, useState } from 'preact/hooks';
import { isBlurred } from '../../call/media/device-permissions';
import type { Devices } from '../../call/media/devices';
import { type LaterKey, locale } from '../../i18n';
import { formatNumber } from '../../i18n/format';
import { t } from '../../i18n/lazy-words';
import type { BlurTrouble } from '../../retouch/background-blur';
import { canBlur } from '../../retouch/blur-rules';
import { type Background, OwnBackground, readBackground } from '../../retouch/own-background';
import { blurNews, startRetouch } from './own-retouch';
import { Switch } from './Switch';

/** What it loads when it is first chosen, megabytes on the way. */
const WEIGHT_MB = 0.3;

interface BlurProps {
  readonly devices: Devices;
  readonly isChosen: boolean;
}

/** Where neither the camera's system nor this browser has a blur there is nothing to choose. */
export function BlurSetting({ devices, isChosen }: BlurProps) {
  const [, look] = useState({});
  const own = useRef<OwnBackground | null>(null);
  useEffect(() => {
    startRetouch(devices);
    const background = new OwnBackground({ devices, choices: devices.choices, onChange: () => look({}) });
    own.current = background;
    return () => background.close();
  }, [devices]);
  const camera = devices.tracks.video;
  const background = readBackground(camera);
  const canBlurHere = canBlur();
  if (background === 'unable' && !canBlurHere) return null;
  const hint = sayBackground(background, canBlurHere, blurNews.value);
  const isOn = isChosen || isBlurred(camera);
  return (
    <div class="settings-effect">
      <Switch
        part="blur"
        label={t('effects.blur')}
        hint={
          hint === 'effects.blur-own'
            ? `${t(hint)} ${t('effects.weight', { size: formatNumber(locale.value, WEIGHT_MB) })}`
            : t(hint)
        }
        isOn={isOn}
        isFixed={hint === 'effects.blur-on' || hint === 'effects.blur-off'}
        onChange={(on) => void own.current?.choose(on)}
      />
      {isOn && <Preview devices={devices} />}
    </div>
  );
}

/** Say who does it and what it costs, where else it is switched, or why it ended. */
export function sayBackground(
  background: Background,
  canBlurHere: boolean,
  news: BlurTrouble | null,
): LaterKey {
  if (background === 'on') return 'effects.blur-on';
  if (news) return `effects.blur-${news}`;
  if (background === 'able') return 'effects.blur-hint';
  if (canBlurHere) return 'effects.blur-own';
  return background === 'off' ? 'effects.blur-off' : 'effects.blur-hint';
}

/** A dialog may lie over the own picture. */
function Preview({ devices }: Pick<BlurProps, 'devices'>) {
  const picture = useRef<HTMLVideoElement>(null);
  useEffect(
    () =>
      devices.subscribe({
        onStream: (stream) => {
          if (picture.current) picture.current.srcObject = stream;
        },
      }),
    [devices],
  );
  return (
    <video
      class="settings-preview"
      data-part="blur-preview"
      ref={picture}
      autoplay
      muted
      playsInline
      aria-label={t('effects.noise-level')}
    />
  );
}
