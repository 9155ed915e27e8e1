// The one polite live region: what a person who does not see the page has to know, one breath at a time. It stands in the
// dialog that is open, because a modal dialog takes the rest of the page away from a screen reader.

import { signal } from '@preact/signals';
import { language } from '../i18n';

/** What comes within this time is said together. */
const TOGETHER_MS = 600;

/** After this time the sentence is gone: the same sentence a second time must be news again. */
const STANDS_MS = 12_000;

/** Nobody listens to more sentences at once. */
const SENTENCES_MAX = 4;

/** Collects sentences that come close together, to say them in one breath. */
export class Announcer {
  private readonly waiting = new Map<string, string>();
  private spoken = '';

  /** Let *sentence* wait. What waits in another language is dropped: a voice reads a text in one language. */
  add(topic: string, sentence: string, code: string): void {
    if (code !== this.spoken) this.waiting.clear();
    this.spoken = code;
    this.waiting.delete(topic);
    this.waiting.set(topic, sentence);
  }

  /** Take the newest few of what waits, as one text, with its language. */
  take(): { text: string; code: string } {
    const sentences = [...this.waiting.values()].slice(-SENTENCES_MAX);
    this.waiting.clear();
    return { text: sentences.join(' '), code: this.spoken };
  }
}

const NOTHING = { text: '', code: '' };
const said = signal(NOTHING);
const announcer = new Announcer();
let isDue = false;

/** Say *sentence* soon, in place of an earlier sentence on the same *topic* that is still waiting. */
export function announce(topic: string, sentence: string): void {
  announcer.add(topic, sentence, language.peek());
  if (isDue) return;
  isDue = true;
  setTimeout(() => {
    isDue = false;
    said.value = announcer.take();
    const now = said.value;
    setTimeout(() => {
      if (said.value === now) said.value = NOTHING;
    }, STANDS_MS);
  }, TOGETHER_MS);
}

/** Shows what is said, for as long as the page has the language in which it was said. */
export function LiveRegion() {
  return (
    <p class="visually-hidden" role="status" data-part="live-region">
      {said.value.code === language.value && said.value.text}
    </p>
  );
}
