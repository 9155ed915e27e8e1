// Begins what the person chose in an earlier lesson to be made of the own sound or picture. Who has chosen nothing loads nothing.

import { loadPart } from '../../base/load-part';
import { devices } from '../store/room-store';

export function startChosenRetouch(): void {
  const { removesNoise, blursBackground } = devices.choices.get();
  if (!removesNoise && !blursBackground) return;
  void loadPart(() => import('./own-retouch')).then(({ startRetouch }) => startRetouch(devices));
}
