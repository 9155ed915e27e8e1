// The microphone's level. It is set on the element itself, without Preact, many times a second.

import { useEffect, useRef } from 'preact/hooks';
import './Level.css';
import { t } from '../../i18n';
import { watchLevel } from './sound';

const LEVEL_EVERY_MS = 80;

interface LevelProps {
  readonly track: MediaStreamTrack | null;
  readonly part?: string;
  /** By default it is the microphone's. */
  readonly label?: string;
}

export function Level({ track, part = 'level', label = t('devices.level') }: LevelProps) {
  const meter = useRef<HTMLMeterElement>(null);
  useEffect(() => {
    if (!track) return;
    const end = watchLevel(track, LEVEL_EVERY_MS, (level) => {
      if (meter.current) meter.current.value = level;
    });
    return () => {
      end();
      if (meter.current) meter.current.value = 0;
    };
  }, [track]);
  return <meter ref={meter} class="level" min={0} max={1} aria-label={label} data-part={part} />;
}
