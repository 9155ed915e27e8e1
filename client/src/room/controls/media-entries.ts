// The menu's group for picture and sound.

import { Captions, CircleDot, Presentation, ScreenShare, ScreenShareOff, Settings2 } from 'lucide';
import { t } from '../../i18n/lazy-words';
import { isShown } from '../../theme/apply-theme';
import { canShareScreen, hasShareButton, toggleScreen } from '../devices/display-actions';
import { openSettings } from '../devices/Settings';
import { isBoardOpen } from '../store/board-state';
import { hasCaptions, isReading, readCaptions } from '../store/caption-reading';
import { pressRecording, recordingStand } from '../store/recording-state';
import { ownScreen, stage } from '../store/room-store';
import type { MenuEntry, MenuSection } from './menu-entries';

export function makeMediaSection(): MenuSection {
  const isLive = stage.value === 'live';
  const entries: MenuEntry[] = [];
  if (isShown('board')) entries.push(makeBoardEntry());
  if (canShareScreen() && !hasShareButton()) entries.push(makeShareEntry());
  if (isLive && hasCaptions()) {
    entries.push({
      part: 'captions',
      icon: Captions,
      label: t('captions.title'),
      letter: 't',
      isPressed: isReading.value,
      onClick: () => readCaptions(!isReading.value),
    });
  }
  const { value: press } = pressRecording;
  if (isLive && press && recordingStand.value !== 'busy') {
    entries.push({
      part: 'record',
      icon: CircleDot,
      label: t(recordingStand.value === 'on' ? 'recording.stop' : 'recording.title'),
      onClick: press,
    });
  }
  entries.push({
    part: 'settings',
    icon: Settings2,
    label: t('devices.title'),
    onClick: () => void openSettings(),
  });
  return { name: 'media', title: t('media.section'), entries };
}

function makeBoardEntry(): MenuEntry {
  return {
    part: 'board',
    icon: Presentation,
    label: t('board.title'),
    isPressed: isBoardOpen.value,
    onClick: () => {
      isBoardOpen.value = !isBoardOpen.value;
    },
  };
}

function makeShareEntry(): MenuEntry {
  const isShared = ownScreen.value !== null;
  return {
    part: 'share-screen',
    icon: isShared ? ScreenShareOff : ScreenShare,
    label: t(isShared ? 'screen.stop' : 'screen.share'),
    letter: 's',
    onClick: () => void toggleScreen(),
  };
}
