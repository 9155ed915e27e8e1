// Shared screens: the other person's is large, with both people beside it. The own one is a line that says so and ends it.

import { ScreenShareOff } from 'lucide';
import { useLayoutEffect, useRef } from 'preact/hooks';
import './Screen.css';
import { t } from '../../i18n';
import { Icon } from '../../ui/Icon';
import { pictureOf, showPicture } from '../page/pictures';
import { call, otherRole, ownScreen, remoteScreen } from '../store/room-store';

export function Screen() {
  const place = useRef<HTMLDivElement>(null);
  const stream = remoteScreen.value;
  useLayoutEffect(() => {
    // Into the page first: the browser pauses a picture that plays outside of it when it moves.
    if (stream) place.current?.append(pictureOf('screen'));
    showPicture('screen', stream);
  }, [stream]);
  if (!stream) return null;
  pictureOf('screen').setAttribute('aria-label', t(`screen.${otherRole}`));
  return (
    <figure class="screen" data-part="screen-tile">
      <div ref={place} />
      <figcaption class="tile-label">{t(`screen.${otherRole}`)}</figcaption>
    </figure>
  );
}

export function OwnScreen() {
  if (!ownScreen.value) return null;
  return (
    <p class="own-screen" data-part="own-screen">
      {t('screen.own')}
      <button type="button" class="button" onClick={() => call.media.screen.stop()}>
        <Icon of={ScreenShareOff} />
        {t('screen.stop')}
      </button>
    </p>
  );
}
