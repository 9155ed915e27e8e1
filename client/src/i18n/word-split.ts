// Which English words come with the call's page, and which with the module that says them (vite.config.ts, lazy-words.ts).

const LATER = [
  'chat.',
  'claim.',
  'devices.automatic',
  'devices.music',
  'devices.sounds',
  'devices.test',
  'elsewhere.',
  'end.',
  'frame.',
  'fullscreen.',
  'grace.countdown',
  'grace.end',
  'grace.text',
  'grace.wait',
  'media.',
  'moved.',
  'news.',
  'notice.',
  'pip.',
  'reconnect.',
  'refused.',
  'shortcut.',
  'unreachable.',
] as const;

/** The exceptions, which the page itself says. */
const SOON = [
  'chat.copied',
  'chat.failed',
  'chat.not-copied',
  'fullscreen.failed',
  'news.left',
  'notice.offline-waiting',
  'notice.only-video',
  'notice.retry',
  'pip.failed',
] as const;

export type Later = `${(typeof LATER)[number]}${string}` | `problem.${string}.text`;
export type Soon = (typeof SOON)[number];

export function isLater(key: string): boolean {
  const isLong = /^problem\..*\.text$/.test(key);
  return isLong || (LATER.some((start) => key.startsWith(start)) && !SOON.some((soon) => soon === key));
}
