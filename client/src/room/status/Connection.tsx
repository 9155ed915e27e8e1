// How the connection is, in four steps with a sign and a word (R14, R33); a click shows the figures behind it.

import { signal } from '@preact/signals';
import { Signal, SignalLow, SignalMedium, WifiOff } from 'lucide';
import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import './Connection.css';
import { t } from '../../i18n';
import { Icon } from '../../platform/icon';
import { stage, state } from '../model';
import { Popup } from '../Popup';

export const isConnectionOpen = signal(false);

const ICONS = { excellent: Signal, good: SignalMedium, poor: SignalLow } as const;

export function Connection() {
  const { quality, socket } = state.value;
  const button = useRef<HTMLButtonElement>(null);
  const isLive = stage.value === 'live';
  const shown = quality === 'disconnected' ? 'good' : quality;
  const words = isLive ? t(`quality.${shown}`) : t(`status.${socket === 'lost' ? 'offline' : stage.value}`);
  const isOpen = isLive && isConnectionOpen.value;
  return (
    <div class="connection">
      <button
        ref={button}
        type="button"
        class={`head-status ${isLive ? shown : stage.value}`}
        data-part="connection-status"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        title={t('connection.title')}
        disabled={!isLive}
        onClick={() => {
          isConnectionOpen.value = !isConnectionOpen.value;
        }}
      >
        {isLive && <Icon key={shown} of={ICONS[shown]} />}
        {(socket === 'lost' || stage.value === 'reconnecting') && <Icon of={WifiOff} />}
        {/* A new word is a new element: it takes the place of the old one, and nothing is pushed aside. */}
        <span key={words}>{words}</span>
      </button>
      {isOpen && (
        <Popup
          label={t('connection.title')}
          part="connection"
          opener={() => button.current}
          onClose={() => {
            isConnectionOpen.value = false;
          }}
        >
          <Figures />
        </Popup>
      )}
    </div>
  );
}

/** Loaded when somebody asks for it. */
function Figures() {
  const [List, setList] = useState<ComponentType | null>(null);
  useEffect(() => {
    void import('./ConnectionFigures').then((part) => setList(() => part.ConnectionFigures));
  }, []);
  return List ? <List /> : <p class="quiet">{t('connection.measuring')}</p>;
}
