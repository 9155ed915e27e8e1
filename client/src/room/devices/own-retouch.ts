// Begins what is made of the own sound and picture before it is sent, and keeps what became of it. Loaded for who has chosen it, and with the
// settings.

import { signal } from '@preact/signals';
import type { Devices } from '../../call/media/devices';
import type { BlurTrouble } from '../../retouch/background-blur';
import { OwnBlur } from '../../retouch/own-blur';
import { OwnVoice, type VoiceNews } from '../../retouch/own-voice';
import { retouchNews } from '../store/notice-state';
import { call } from '../store/room-store';
import { keepRunning } from './sound';

export const voiceNews = signal<VoiceNews>(null);
export const blurNews = signal<BlurTrouble | null>(null);

let isBegun = false;

/** A second call does nothing. */
export function startRetouch(devices: Devices): void {
  if (isBegun) return;
  isBegun = true;
  new OwnVoice({
    devices,
    choices: devices.choices,
    keepRunning,
    tell: (news) => {
      voiceNews.value = news;
      retouchNews.value = news && `effects.noise-${news}`;
    },
  });
  new OwnBlur({
    devices,
    choices: devices.choices,
    closeCamera: () => call.dispatch({ type: 'switch', device: 'video', on: false }),
    tell: (news) => {
      blurNews.value = news;
      retouchNews.value = news && `effects.blur-${news}`;
    },
  });
}
