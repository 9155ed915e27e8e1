// Which English words come with the call's page, which with the lobby's, and which with the module that says them
// (vite.config.ts, lobby-words.ts, lazy-words.ts).

const LATER = [
  'again.',
  'board.',
  'captions.',
  'chat.',
  'check.',
  'claim.',
  'connection.',
  'details.',
  'devices.address',
  'devices.automatic',
  'devices.close',
  'devices.low-data',
  'devices.music',
  'devices.sounds',
  'devices.speaker',
  'devices.test',
  'elsewhere.',
  'end.',
  'files.',
  'frame.',
  'fullscreen.',
  'grace.',
  'home.',
  'layout.',
  'media.',
  'moved.',
  'news.',
  'notes.',
  'notice.',
  'panel.chat',
  'pip.',
  'problem.https',
  'problem.reload',
  'problem.without',
  'quiz.',
  'reaction.',
  'recording.',
  'reconnect.',
  'refused.',
  'room.reconnecting.text',
  'room.waiting.again',
  'room.waiting.text',
  'screen.blocked',
  'screen.failed',
  'screen.own',
  'screen.student',
  'screen.tutor',
  'screen.zoom',
  'shortcut.',
  'tools.',
  'trouble.',
  'unreachable.',
  'vocabulary.',
  'waiting.',
] as const;

/** The exceptions, which the page itself says. */
const SOON = [
  'chat.copied',
  'chat.failed',
  'chat.not-copied',
  'connection.measuring',
  'connection.title',
  'details.language',
  'notice.retry',
] as const;

/** What only the lobby says, of what it draws at once. */
const LOBBY = [
  'bill.rate',
  'lobby.',
  'news.left',
  'notice.offline-waiting',
  'notice.only-video',
  'why.',
] as const;

type Starting<Start extends string> = `${Start}${string}`;

export type Later = Starting<(typeof LATER)[number]> | `problem.${string}.text`;
export type Soon = (typeof SOON)[number];
export type InLobby = Starting<(typeof LOBBY)[number]>;

/** The three parts of the English words; the lobby's are also in `later`, for modules that both pages load. */
export type Part = 'soon' | 'lobby' | 'later';

export function isIn(part: Part, key: string): boolean {
  const isOfLobby = LOBBY.some((start) => key.startsWith(start));
  if (part === 'lobby') return isOfLobby;
  const isLong = /^problem\..*\.text$/.test(key);
  const isLate =
    isLong || (LATER.some((start) => key.startsWith(start)) && !SOON.some((soon) => soon === key));
  return (part === 'later') === (isLate || isOfLobby);
}
