// The list of the recordings that are in this browser's own folder, so that a page that was closed in the middle offers what there is.
// Law: only the lesson in which one was made offers it, and after a day it is deleted.

const KEY = 'langdao:recordings';

export const KEPT_MS_MAX = 24 * 60 * 60_000;

/** One that nobody saves must not fill the list for ever. */
const COUNT_MAX = 20;

export interface KeptRecording {
  readonly lesson: string;
  /** In the folder. */
  readonly file: string;
  /** As it is saved. */
  readonly name: string;
  readonly madeMs: number;
}

export function listKept(): readonly KeptRecording[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(list) ? list.filter(isKept) : [];
  } catch {
    return [];
  }
}

/** Add *kept*; the oldest make room. */
export function noteKept(kept: KeptRecording): void {
  save([...listKept(), kept].slice(-COUNT_MAX));
}

export function forgetKept({ file }: KeptRecording): void {
  save(listKept().filter((each) => each.file !== file));
}

/** Name the file of a recording that was made at *madeMs*. */
export function nameFile(madeMs: number, ending: string): string {
  return `${madeMs}.${ending}`;
}

/** Tell whether the file of this name is too old by *nowMs*; a name that is none of ours is, too. */
export function isOldFile(name: string, nowMs: number): boolean {
  return !(Math.abs(nowMs - Number.parseInt(name, 10)) <= KEPT_MS_MAX);
}

/** Tell which of *list* are too old by *nowMs*, and which are of *lesson*. */
export function sortKept(
  list: readonly KeptRecording[],
  lesson: string,
  nowMs: number,
): { readonly old: readonly KeptRecording[]; readonly own: readonly KeptRecording[] } {
  const isOld = ({ madeMs }: KeptRecording) => Math.abs(nowMs - madeMs) > KEPT_MS_MAX;
  return { old: list.filter(isOld), own: list.filter((each) => !isOld(each) && each.lesson === lesson) };
}

function save(list: readonly KeptRecording[]): void {
  try {
    if (list.length > 0) localStorage.setItem(KEY, JSON.stringify(list));
    else localStorage.removeItem(KEY);
  } catch {
    // Forbidden or full: a page that is closed in the middle offers nothing.
  }
}

function isKept(value: unknown): value is KeptRecording {
  const { lesson, file, name, madeMs } = Object(value) as Record<keyof KeptRecording, unknown>;
  return [lesson, file, name].every((text) => typeof text === 'string') && typeof madeMs === 'number';
}
