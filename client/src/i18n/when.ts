// Which English words come with a call's page, and which with the part that says them (vite.config.ts, later.ts).

const LATER = [
  'chat.',
  'claim.',
  'elsewhere.',
  'end.',
  'fullscreen.',
  'grace.countdown',
  'grace.end',
  'grace.text',
  'grace.wait',
  'media.',
  'moved.',
  'pip.',
  'reconnect.',
  'refused.',
  'shortcut.',
  'unreachable.',
] as const;

/** What of them the page itself says. */
const SOON = ['chat.copied', 'chat.failed'] as const;

export type Later = `${(typeof LATER)[number]}${string}`;
export type Soon = (typeof SOON)[number];

export function isLater(key: string): boolean {
  return LATER.some((start) => key.startsWith(start)) && !SOON.some((soon) => soon === key);
}
