// The own screen, as long as it is shared. Asked for anew each time: a browser remembers no such permission.

import { readClock } from '../../base/clock';
import { allowsFeature, isFramed } from '../../base/permissions-policy';

/** A person needs longer to read a question and answer it: what comes sooner is the browser's own answer. */
const REFLEX_MS = 150;

/** What the types do not know yet; a browser that does not, either, ignores it. */
interface ScreenOptions extends DisplayMediaStreamOptions {
  readonly selfBrowserSurface?: 'include' | 'exclude';
  readonly surfaceSwitching?: 'include' | 'exclude';
  readonly systemAudio?: 'include' | 'exclude';
}

const OPTIONS: ScreenOptions = {
  video: { frameRate: { ideal: 15, max: 30 } },
  // What the other says must not go back to them, where a browser can tell it apart.
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

/** Tell whether a screen can be shared here: phones cannot, though Firefox on Android has the function, and a page that
 * shows this one in a frame may not pass it on. */
export function canShareScreen(): boolean {
  const isPhone = /Android/.test(navigator.userAgent);
  const isThere = !isPhone && typeof navigator.mediaDevices?.getDisplayMedia === 'function';
  return isThere && allowsFeature('display-capture') !== false;
}

export class ScreenShare {
  stream: MediaStream | null = null;
  /** Counts the ends: a window that is chosen after one comes too late, and nobody would know that it is watched. */
  private ends = 0;

  /** *onChange* is told when a share begins or ends, by whomever it is ended. */
  constructor(private readonly onChange: (stream: MediaStream | null) => void) {}

  /** Ask what to share. Returns 'declined' if the person chose nothing, 'blocked' if the page around this one keeps it
   * from being asked, 'failed' if it could not be had. */
  async start(): Promise<'shared' | 'declined' | 'blocked' | 'failed'> {
    const { ends } = this;
    const askedMs = readClock();
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia(OPTIONS);
    } catch (error) {
      return nameRefusal(error, readClock() - askedMs);
    }
    if (ends !== this.ends) {
      for (const track of stream.getTracks()) track.stop();
      return 'declined';
    }
    this.stop();
    const [video] = stream.getVideoTracks();
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

/** A "no" of the person, of the system and of the page around this one have the same name. Chrome's message tells them
 * apart; in Firefox and Safari, whose policy cannot be asked, a framed page is refused before anybody could answer. */
function nameRefusal(error: unknown, afterMs: number): 'declined' | 'blocked' | 'failed' {
  const { name, message = '' } = (error ?? {}) as { readonly name?: string; readonly message?: string };
  if (name !== 'NotAllowedError' || message.includes('system')) return 'failed';
  if (message.includes('policy')) return 'blocked';
  const isUntold = isFramed() && allowsFeature('display-capture') === null;
  return isUntold && afterMs < REFLEX_MS ? 'blocked' : 'declined';
}
