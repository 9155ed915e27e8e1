// The blur of the background, where the camera's system has one. The own picture beside it shows what comes of it.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Devices } from '../../call/media/devices';
import type { LaterKey } from '../../i18n';
import { t } from '../../i18n/lazy-words';
import { type Background, isBlurred, OwnBackground, readBackground } from '../../retouch/own-background';
import { Switch } from './Switch';

interface BlurProps {
  readonly devices: Devices;
  readonly isChosen: boolean;
}

/** Most cameras have no blur: then there is nothing to choose. */
export function BlurSetting({ devices, isChosen }: BlurProps) {
  const [, look] = useState({});
  const [isRefused, setRefused] = useState(false);
  const own = useRef<OwnBackground | null>(null);
  useEffect(() => {
    const background = new OwnBackground({ devices, choices: devices.choices, onChange: () => look({}) });
    own.current = background;
    return () => background.close();
  }, [devices]);
  const camera = devices.tracks.video;
  const background = readBackground(camera);
  if (background === 'unable') return null;
  return (
    <Switch
      part="blur"
      label={t('effects.blur')}
      hint={t(sayBackground(background, isRefused))}
      isOn={background === 'closed' ? isChosen : isBlurred(camera)}
      isFixed={background === 'on' || background === 'off'}
      onChange={(on) => void own.current?.choose(on).then((isDone) => setRefused(!isDone))}
    />
  );
}

/** Say who does it, where else it is switched, or that the camera did not. */
export function sayBackground(background: Background, isRefused: boolean): LaterKey {
  if (background === 'on' || background === 'off') return `effects.blur-${background}`;
  return isRefused ? 'effects.blur-failed' : 'effects.blur-hint';
}
