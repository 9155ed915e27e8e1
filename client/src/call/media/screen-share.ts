// Shares the own screen. The browser asks the person each time: it remembers no such permission.

import { readClock } from '../../base/clock';
import { allowsFeature, isFramed } from '../../base/permissions-policy';

/** A person needs longer to answer a question: a sooner answer is the browser's own. */
const REFLEX_MS = 150;

/** Options that the types do not know yet. A browser that does not know them ignores them. */
interface ScreenOptions extends DisplayMediaStreamOptions {
  readonly selfBrowserSurface?: 'include' | 'exclude';
  readonly surfaceSwitching?: 'include' | 'exclude';
  readonly systemAudio?: 'include' | 'exclude';
}

const OPTIONS: ScreenOptions = {
  video: { frameRate: { ideal: 15, max: 30 } },
  // The other person's voice must not go back to them, where the browser can tell it apart.
  audio: {
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
    ...({ restrictOwnAudio: true } as object),
  },
  selfBrowserSurface: 'exclude',
  surfaceSwitching: 'include',
  systemAudio: 'include',
};

/** Tell whether a screen can be shared here. Phones cannot, though Firefox on Android has the function; a frame may not be
 * allowed to. */
export function canShareScreen(): boolean {
  const isPhone = /Android/.test(navigator.userAgent);
  const isThere = !isPhone && typeof navigator.mediaDevices?.getDisplayMedia === 'function';
  return isThere && allowsFeature('display-capture') !== false;
}

export class ScreenShare {
  stream: MediaStream | null = null;
  /** Counts the ends. A window that is chosen after an end comes too late: nobody would know that it is shared. */
  private ends = 0;

  /** *onChange* is called when a share begins, and when anybody ends it. */
  constructor(private readonly onChange: (stream: MediaStream | null) => void) {}

  /** Ask the person what to share. Returns 'declined' if they chose nothing, 'blocked' if the page around this one forbids
   * the question, 'failed' for any other refusal. */
  async start(): Promise<'shared' | 'declined' | 'blocked' | 'failed'> {
    const { ends } = this;
    const askedMs = readClock();
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia(OPTIONS);
    } catch (error) {
      return nameRefusal(error, readClock() - askedMs);
    }
    const [video] = stream.getVideoTracks();
    // The browser's own bar may end it before this page has its answer, and tells that once.
    if (ends !== this.ends || video?.readyState === 'ended') {
      for (const track of stream.getTracks()) track.stop();
      return 'declined';
    }
    this.stop();
    if (!video) return 'failed';
    video.contentHint = 'detail';
    // The browser's own "stop sharing", or the window that was shared is closed.
    video.onended = () => this.stream === stream && this.stop();
    this.stream = stream;
    this.onChange(stream);
    return 'shared';
  }

  stop(): void {
    this.ends += 1;
    const before = this.stream;
    if (!before) return;
    this.stream = null;
    this.onChange(null);
    for (const track of before.getTracks()) track.stop();
  }
}

/** The person, the system and the page around this one refuse by the same name. Chrome's message tells them apart. Firefox and
 * Safari do not tell their policy: there a framed page is refused sooner than a person could answer. */
function nameRefusal(error: unknown, afterMs: number): 'declined' | 'blocked' | 'failed' {
  const { name, message = '' } = (error ?? {}) as { readonly name?: string; readonly message?: string };
  if (name !== 'NotAllowedError' || message.includes('system')) return 'failed';
  if (message.includes('policy')) return 'blocked';
  const isUntold = isFramed() && allowsFeature('display-capture') === null;
  return isUntold && afterMs < REFLEX_MS ? 'blocked' : 'declined';
}
