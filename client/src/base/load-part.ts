// Loads a part of the page that nobody waits for. The network may be away just then, and the part is wanted all the same.

const AGAIN_MS = 5_000;
const AGAIN_MS_MAX = 60_000;

/** Call *load* until it succeeds: again after five seconds, then twice as long each time up to a minute. The rejection of an
 * import is not kept by browsers that follow the HTML standard of 2026 (whatwg/html#10327); an older one keeps it. */
export async function loadPart<T>(load: () => Promise<T>): Promise<T> {
  for (let againMs = AGAIN_MS; ; againMs = Math.min(2 * againMs, AGAIN_MS_MAX)) {
    try {
      return await load();
    } catch {
      await new Promise((wake) => setTimeout(wake, againMs));
    }
  }
}
