// The keys of the room, in one table. A part registers what its key does under the key's name; the help lists the registered
// keys. WCAG 2.1.4: single letters can be switched off, and a text field never loses a letter to them.

import { signal } from '@preact/signals';

export const SHORTCUTS = [
  { name: 'microphone', letter: 'm' },
  { name: 'talk', letter: ' ' },
  { name: 'camera', letter: 'v' },
  { name: 'share', letter: 's' },
  { name: 'hand', letter: 'h' },
  { name: 'chat', letter: 'c' },
  { name: 'again', letter: 'r' },
  { name: 'captions', letter: 't' },
  { name: 'layout', letter: 'l' },
  { name: 'full-screen', letter: 'f' },
  { name: 'picture-in-picture', letter: 'p' },
  { name: 'help', letter: '?' },
] as const;

export type ShortcutName = (typeof SHORTCUTS)[number]['name'];

interface KeyHandler {
  readonly down: () => void;
  /** Called when the key is released; left out by a key that acts once. */
  readonly up?: () => void;
}

export interface Pressed {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly repeat: boolean;
}

const KEY = 'langdao:shortcuts';
const handlers = new Map<ShortcutName, KeyHandler>();

export const areShortcutsOn = signal(true);

/** Let *name*'s key do *down*; it is in the help from then on. */
export function onShortcut(name: ShortcutName, down: () => void, up?: () => void): void {
  handlers.set(name, up ? { down, up } : { down });
}

export function hasShortcut(name: ShortcutName): boolean {
  return handlers.has(name);
}

export function switchShortcuts(on: boolean): void {
  areShortcutsOn.value = on;
  try {
    localStorage.setItem(KEY, on ? 'on' : 'off');
  } catch {
    // Forbidden or full: as chosen until the page goes.
  }
}

/** Find the shortcut of a key. On a keyboard with another script, the key at the Latin letter's place counts. */
export function findShortcut({ key, code, ctrlKey, altKey, metaKey }: Pressed): ShortcutName | null {
  if (ctrlKey || altKey || metaKey) return null;
  const isLatin = /^[\x20-\x7e]$/.test(key);
  const letter = isLatin ? key.toLowerCase() : (/^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? '');
  return SHORTCUTS.find((shortcut) => shortcut.letter === letter)?.name ?? null;
}

/** Tell whether *target* needs the key itself: a field for its text, a button for Space. */
export function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest('input, textarea, select, [contenteditable], [role=textbox]')) return true;
  if (target.closest('dialog') && key !== '?') return true;
  return key === ' ' && target.closest('button, a, summary, video, [tabindex="0"]') !== null;
}

/** Listen to the keys of *page* from now on; *early* are those that were pressed and released before. */
export function listen(page: Document, early: readonly KeyboardEvent[] = []): void {
  areShortcutsOn.value = readChoice();
  let held: KeyHandler | undefined;
  const release = () => {
    held?.up?.();
    held = undefined;
  };
  const press = (event: KeyboardEvent) => {
    const name = areShortcutsOn.value && !event.defaultPrevented ? findShortcut(event) : null;
    const handler = name && !isTaken(event.target, event.key) ? handlers.get(name) : undefined;
    if (!handler) return;
    event.preventDefault();
    if (event.repeat) return;
    release();
    held = handler;
    handler.down();
  };
  for (const event of early) {
    if (event.type === 'keydown') press(event);
    else release();
  }
  page.addEventListener('keydown', press);
  page.addEventListener('keyup', release);
  // This page never hears of a key that is released in another window.
  addEventListener('blur', release);
}

function readChoice(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}
