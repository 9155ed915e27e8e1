// A shared screen: the other's large, with both people beside it; the own one as a line that says so and ends it.

import { ScreenShareOff } from 'lucide';
import { useLayoutEffect, useRef } from 'preact/hooks';
import './Screen.css';
import { t } from '../../i18n';
import { Icon } from '../../platform/icon';
import { call, otherRole, screens } from '../model';

export const screenPicture = document.createElement('video');
screenPicture.autoplay = screenPicture.playsInline = true;
screenPicture.dataset['part'] = 'screen-video';

export function Screen() {
  const place = useRef<HTMLDivElement>(null);
  const stream = screens.value.remote;
  useLayoutEffect(() => {
    if (screenPicture.srcObject !== stream) screenPicture.srcObject = stream;
    if (!stream) return;
    place.current?.append(screenPicture);
    // A refusal is told at the person's own picture, which is refused with it.
    void screenPicture.play().catch(() => undefined);
  }, [stream]);
  if (!stream) return null;
  screenPicture.setAttribute('aria-label', t(`screen.${otherRole}`));
  return (
    <figure class="screen" data-part="screen-tile">
      <div ref={place} />
      <figcaption class="tile-label">{t(`screen.${otherRole}`)}</figcaption>
    </figure>
  );
}

export function OwnScreen() {
  if (!screens.value.own) return null;
  return (
    <p class="own-screen" data-part="own-screen">
      {t('screen.own')}
      <button type="button" class="button" onClick={() => call.stopScreen()}>
        <Icon of={ScreenShareOff} />
        {t('screen.stop')}
      </button>
    </p>
  );
}
