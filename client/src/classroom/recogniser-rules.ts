// What this page asks of the browser's speech recognition, and what it makes of the answers. Pure. Law: without the person's yes no
// sound leaves the device.

/** How this browser can write down a language. `download`: on this device, once it has what it needs. `service`: by sending the
 * voice to whom its maker chose. */
export type Way = 'device' | 'download' | 'service';

/** As `SpeechRecognition.available` answers; `unasked` where there is no such question. */
export type Answer = 'available' | 'downloadable' | 'downloading' | 'unavailable' | 'unasked';

export interface Found {
  readonly way: Way;
  /** The tag that goes to the recogniser (BCP 47). */
  readonly tag: string;
}

/** Who builds Chromium with its own recogniser. Elsewhere (Electron before 2026, Android's WebView, headless shells) the question
 * itself ends the page, and the call with it: nobody behind it answers (electron/electron#52955). */
const ASKED_BRANDS: readonly string[] = ['Brave', 'Google Chrome', 'Microsoft Edge', 'Opera', 'Vivaldi'];

/** Tell whether the browser may be asked what it can on the device, by its *brands*; null where it tells none, as all but Chromium. */
export function mayAsk(brands: readonly string[] | null): boolean {
  return brands === null || brands.some((brand) => ASKED_BRANDS.includes(brand));
}

/** A recogniser wants a country with most languages: the one for which Chromium has a model, or else the largest. */
const TAGS: ReadonlyMap<string, readonly string[]> = new Map([
  ['ar', ['ar-SA']],
  ['de', ['de-DE']],
  ['en', ['en-US']],
  ['es', ['es-ES']],
  ['fi', ['fi-FI']],
  ['fr', ['fr-FR']],
  ['it', ['it-IT']],
  ['ja', ['ja-JP']],
  ['ko', ['ko-KR']],
  ['nl', ['nl-NL']],
  ['no', ['nb-NO']],
  ['pl', ['pl-PL']],
  ['pt', ['pt-BR']],
  ['ru', ['ru-RU']],
  ['sv', ['sv-SE']],
  ['zh', ['cmn-Hans-CN', 'zh-CN']],
]);

/** Choose the tags by which *language* (ISO 639-1) is asked for, the best first: how the person writes it comes before the rest. */
export function tagsOf(language: string, preferred: readonly string[]): readonly string[] {
  const own = preferred.filter((tag) => tag.toLowerCase().startsWith(`${language}-`));
  return [...new Set([...own, ...(TAGS.get(language) ?? [language])])];
}

/** Choose the best of what the browser said of each tag. */
export function chooseWay(answers: readonly (readonly [tag: string, answer: Answer])[]): Found | null {
  const find = (...wanted: readonly Answer[]) => answers.find(([, answer]) => wanted.includes(answer))?.[0];
  const here = find('available');
  if (here !== undefined) return { way: 'device', tag: here };
  const soon = find('downloading', 'downloadable');
  if (soon !== undefined) return { way: 'download', tag: soon };
  // A service says beforehand of no language whether it knows it. It takes the last tag, which is in everybody's list.
  const last = answers[answers.length - 1]?.[0];
  return last === undefined ? null : { way: 'service', tag: last };
}

/** How a recogniser has come along. */
export interface Run {
  /** How often in a row it has ended at once, without a word. */
  readonly failures: number;
}

export const FIRST_RUN: Run = { failures: 0 };

/** Whoever has run so long has worked: browsers end a recogniser by themselves after silence, or after some minutes. */
const RUN_MS_MIN = 3_000;
const AGAIN_MS = 250;
const AGAIN_MS_MAX = 8_000;
const FAILURES_MAX = 6;

/** Errors that a second try does not mend. */
const FINAL_ERRORS: readonly string[] = ['not-allowed', 'service-not-allowed', 'language-not-supported'];

/** Decide what follows the end of a recogniser that ran *ranMs*, with the last error that it told of: when to begin again, or null to
 * give up. */
export function decideAgain(
  run: Run,
  end: { readonly ranMs: number; readonly hasHeard: boolean; readonly error: string | null },
): { readonly run: Run; readonly waitMs: number } | null {
  if (end.error !== null && FINAL_ERRORS.includes(end.error)) return null;
  // No words in a silence are no failure.
  const hasWorked =
    end.hasHeard || end.error === 'no-speech' || (end.ranMs >= RUN_MS_MIN && end.error === null);
  if (hasWorked) return { run: FIRST_RUN, waitMs: AGAIN_MS };
  const failures = run.failures + 1;
  if (failures >= FAILURES_MAX) return null;
  return { run: { failures }, waitMs: Math.min(AGAIN_MS * 2 ** failures, AGAIN_MS_MAX) };
}

/** Read from a recogniser's results what is new: what is final since result *finalBefore*, and what is still being said. */
export function readResults(
  results: readonly { readonly isFinal: boolean; readonly text: string }[],
  finalBefore: number,
): { readonly finals: readonly string[]; readonly interim: string; readonly finalCount: number } {
  let finalCount = finalBefore;
  while (results[finalCount]?.isFinal === true) finalCount += 1;
  const finals = results.slice(finalBefore, finalCount).map(({ text }) => text);
  return {
    finals,
    interim: results
      .slice(finalCount)
      .map(({ text }) => text)
      .join(' '),
    finalCount,
  };
}
