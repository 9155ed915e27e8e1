// The quality of the connection, in four steps with an icon and a word (R14, R33). A click shows its figures.

import { Signal, SignalLow, SignalMedium, WifiOff } from 'lucide';
import { type ComponentType, Fragment } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { loadPart } from '../../base/load-part';
import './Connection.css';
import { qualityShown } from '../../call/state';
import { t } from '../../i18n';
import { Icon } from '../../ui/Icon';
import { Popup } from '../../ui/Popup';
import { lineWords } from '../store/notice-state';
import { isConnectionOpen, stage, state } from '../store/room-store';

const ICONS = { excellent: Signal, good: SignalMedium, poor: SignalLow } as const;

export function Connection() {
  const { quality, socket } = state.value;
  const button = useRef<HTMLButtonElement>(null);
  const isLive = stage.value === 'live';
  const shown = lineWords.value ? 'poor' : qualityShown(quality);
  const words = isLive
    ? (lineWords.value ?? t(`quality.${shown}`))
    : t(`status.${socket === 'lost' ? 'offline' : stage.value}`);
  const isOpen = isLive && isConnectionOpen.value;
  useLayoutEffect(() => {
    // It must not come back with the connection and take the keyboard from a person who writes.
    if (!isLive) isConnectionOpen.value = false;
  }, [isLive]);
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
        {/* A new word with its sign is a new element: it takes the old one's place, and nothing is pushed aside. */}
        <Fragment key={words}>
          {isLive && <Icon of={ICONS[shown]} />}
          {(socket === 'lost' || stage.value === 'reconnecting') && <Icon of={WifiOff} />}
          <span>{words}</span>
        </Fragment>
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

/** Loaded when the person opens it. */
function Figures() {
  const [List, setList] = useState<ComponentType | null>(null);
  useEffect(() => {
    void loadPart(() => import('./ConnectionFigures')).then((part) => setList(() => part.ConnectionFigures));
  }, []);
  return List ? <List /> : <p class="quiet">{t('connection.measuring')}</p>;
}
