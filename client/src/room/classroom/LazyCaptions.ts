// When the captions are loaded: when this person opens them, or when the other asks for them or writes them.

import { effect } from '@preact/signals';
import { loadPart } from '../../base/load-part';
import { hasCaptions, isReading, resumeReading } from '../store/caption-reading';
import { captionBar } from '../store/captions-state';
import { tools } from './tools-state';

/** Wait for a wish of either, if the platform shows captions. */
export function startCaptions(): void {
  if (!hasCaptions()) return;
  resumeReading();
  let isAsked = false;
  const bring = () => {
    if (isAsked) return;
    isAsked = true;
    setTimeout(() => {
      stop();
      void load();
    }, 0);
  };
  const stop = effect(() => {
    if (isReading.value) bring();
    const talk = tools.classroom.value?.captions;
    if (!talk) return;
    talk.onChange = () => {
      if (talk.theirs.isWanted || talk.theirs.writing === 'on') bring();
    };
    talk.onChange();
  });
}

async function load(): Promise<void> {
  const { CaptionBar, startLiveCaptions } = await loadPart(() => import('./CaptionBar'));
  startLiveCaptions();
  captionBar.value = CaptionBar;
}
