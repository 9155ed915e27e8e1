// The one polite live region: what a person who does not see the page has to know, one breath at a time. It stands in the
// dialog that is open, because a modal dialog takes the rest of the page away from a screen reader.

import { signal } from '@preact/signals';

/** What comes within this time is said together. */
const TOGETHER_MS = 600;

/** After this time the sentence is gone: the same sentence a second time must be news again. */
const STANDS_MS = 12_000;

/** Nobody listens to more sentences at once. */
const SENTENCES_MAX = 4;

/** Collects sentences that come close together, to say them in one breath. */
export class Announcer {
  private readonly waiting = new Map<string, string>();

  add(topic: string, sentence: string): void {
    this.waiting.delete(topic);
    this.waiting.set(topic, sentence);
  }

  /** Take the newest few of what waits, as one text. */
  take(): string {
    const sentences = [...this.waiting.values()].slice(-SENTENCES_MAX);
    this.waiting.clear();
    return sentences.join(' ');
  }
}

const said = signal('');
const announcer = new Announcer();
let isDue = false;

/** Say *sentence* soon, in place of an earlier sentence on the same *topic* that is still waiting. */
export function announce(topic: string, sentence: string): void {
  announcer.add(topic, sentence);
  if (isDue) return;
  isDue = true;
  setTimeout(() => {
    isDue = false;
    said.value = announcer.take();
    const now = said.value;
    setTimeout(() => {
      if (said.value === now) said.value = '';
    }, STANDS_MS);
  }, TOGETHER_MS);
}

export function LiveRegion() {
  return (
    <p class="visually-hidden" role="status" data-part="live-region">
      {said.value}
    </p>
  );
}
