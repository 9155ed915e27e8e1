// A word as it goes onto a card. Pure.

export const WORD_CHARACTERS_MAX = 200;

/** Make one line of what a person typed or selected, without spaces around it. */
export function cleanWord(text: string): string {
  return Array.from(text.replace(/\s+/g, ' ').trim()).slice(0, WORD_CHARACTERS_MAX).join('').trim();
}
