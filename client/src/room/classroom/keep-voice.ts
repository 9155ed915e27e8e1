// Keeps the other's last seconds while both are in the lesson, in this page's memory alone. Law: nothing is kept of somebody who has
// left, and nothing after the end.

import { computed, effect } from '@preact/signals';
import { VoiceTap } from '../../classroom/voice-tap';
import { getSoundContext, keepRunning, makeListeningContext, openOutput } from '../devices/sound';
import { isAgainOpen, playAgain } from '../store/again-state';
import { call, devices, state } from '../store/room-store';
import { duck } from './ducking';
import { SayAgain } from './say-again';
import { SoundPlayer } from './sound-player';
import { tools } from './tools-state';

export let sayAgain: SayAgain;

/** Begin to keep what the other says. Where the browser refuses, the button stays grey. */
export async function keepVoice(): Promise<void> {
  const [sound, heard] = [getSoundContext(), makeListeningContext()];
  const tap = heard && (await VoiceTap.open(heard).catch(() => null));
  if (!sound || !tap) return;
  sayAgain = new SayAgain({
    read: () => tap.read(),
    forget: () => tap.forget(),
    player: new SoundPlayer(sound, () => openOutput(sound, devices.choices.get().speaker)),
    duck,
    tell: (isListening) => tools.setListening(isListening),
  });
  call.subscribe({ onRemoteStream: (stream) => tap.listen(stream) });
  effect(() => {
    isAgainOpen.value = sayAgain.view.value.state !== 'closed';
  });
  effect(() => (isAgainOpen.value ? keepRunning(sound) : undefined));
  const isOver = computed(() => state.value.outcome !== null);
  const hasPeer = computed(() => state.value.peer !== null && !isOver.value);
  effect(() => {
    if (!hasPeer.value) return undefined;
    const rest = keepRunning(heard);
    playAgain.value = () => void sayAgain.press();
    return () => {
      playAgain.value = null;
      sayAgain.close();
      tap.forget();
      rest();
    };
  });
  effect(() => {
    if (isOver.value) tap.close();
  });
}
