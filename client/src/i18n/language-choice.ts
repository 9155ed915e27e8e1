// Remembers the language that a reader chose from the menu, from page to page, where the browser allows it.

const STORAGE_KEY = 'langdao:ui';

/** Tell the code of the chosen language; null while there is none. */
export function readChoice(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

export function keepChoice(code: string): void {
  try {
    localStorage.setItem(STORAGE_KEY, code);
  } catch {
    // Forbidden or full: the next page asks the browser again.
  }
}

/** Name the catalogue of a BCP 47 tag: `pt-BR` is `pt`, and both kinds of Norwegian are `no`. */
export function codeOf(tag: string): string {
  const code = tag.toLowerCase().split('-')[0] ?? '';
  return code === 'nb' || code === 'nn' ? 'no' : code;
}
