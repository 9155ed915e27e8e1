// The script a platform includes: `<langdao-call src="…">` and `LangDAOCall.mount(element, {url})`.
// Law: a message counts only if it comes from the very window we opened AND from the origin of its link.
// Self-contained, no dependency; runs on Chrome 70, Firefox 65, Safari 14, Edge 80 as it is.

import type { EmbedProblem, GraceDecision, LogoMessage, ParentEvent, ParentEventMap } from './parent-events';
import { fetchLogo, readThemeAttributes, type ThemeOptions, writeTheme } from './theme-fragment';

/** What a call inside the platform's page may use. Chromium asks before two in one network connect directly, since 145 by
 * the name of `local-network`. */
const ALLOW =
  'camera; microphone; display-capture; speaker-selection; screen-wake-lock; autoplay; fullscreen; picture-in-picture; clipboard-write; on-device-speech-recognition; local-network; local-network-access';

/** A closed popup sends nothing, so it is looked at this often. */
const POPUP_POLL_MS = 1_000;

/** A call's page says `call-ready` once its first scripts are there; a slow phone needs seconds for them. */
const SILENCE_MS_MAX = 20_000;

/** A host without a height of its own would squeeze the call to the 150 px of a bare iframe. */
const FRAME_HEIGHT_BARE_PX = 150;
const HEIGHT_DEFAULT = '36rem';

const TITLE_DEFAULT = 'Video call';

/** A page with that policy is cut off from the popups it opens: their handle says "closed" at once. */
const UNHEARD = [
  'The window was closed, or cut off from this page, before the call in it said a word.',
  'Cross-Origin-Opener-Policy: same-origin-allow-popups',
] as const;

const NO_ANSWER = [
  'Nothing is heard of the call.',
  'A right link, this origin in FRAME_ANCESTORS, and a sandbox (if any) with allow-scripts allow-same-origin',
] as const;

/** A record, so that the compiler misses none. */
const EVERY_TYPE: Readonly<Record<keyof ParentEventMap, true>> = {
  'call-ready': true,
  'embed-problem': true,
  'session-started': true,
  'timer-update': true,
  'user-connected': true,
  'user-disconnected': true,
  'session-ended': true,
  'user-action': true,
  'connection-status': true,
  'connection-warning': true,
  'grace-resolved': true,
  'low-balance': true,
  'next-page': true,
};
const TYPES: ReadonlySet<string> = new Set(Object.keys(EVERY_TYPE));

export interface MountOptions {
  /** The link of the call, as the platform's backend got it. */
  readonly url: string;
  /** Called with every event of the call, in order. */
  readonly onEvent?: (event: ParentEvent) => void;
  /** Open the call in a window of its own; call `mount` from a click, or the browser blocks it. */
  readonly popup?: boolean;
  /** What a screen reader calls the frame, in the language of the platform's page. */
  readonly title?: string;
  /** `off`: join at once, without a look at oneself first. */
  readonly lobby?: 'on' | 'off';
  /** How the call looks; a signed link may say so, too, and this comes on top. */
  readonly look?: ThemeOptions;
}

export interface MountedCall {
  /** The window the call runs in; null once it is gone. */
  readonly window: Window | null;
  /** Answer a `connection-warning` for the one in this call: wait for the other, or end. */
  decide(decision: GraceDecision['decision']): void;
  /** Take the call out of the page and stop listening. A second call does nothing. */
  remove(): void;
}

/** A window with a call in it, and how to take it away. */
type Opened = Pick<MountedCall, 'window' | 'remove'>;

/** Put the call of *url* into *host* and tell its events: as CustomEvents on *host* and to `onEvent`.
 *
 * Throws TypeError for a *url* that is not http(s), and Error when *host* is not in the page or the browser
 * blocked the popup.
 */
function mount(host: HTMLElement, options: MountOptions): MountedCall {
  const url = new URL(options.url, location.href);
  if (!/^https?:$/.test(url.protocol)) throw new TypeError(`A call's link is http(s), not ${url.protocol}`);
  if (options.lobby === 'off') url.searchParams.set('lobby', 'off');
  const { look = {} } = options;
  writeTheme(url, look);
  const call = options.popup ? openWindow(host, url.href) : addFrame(host, url.href, options.title);

  const send = (message: GraceDecision | LogoMessage): void => call.window?.postMessage(message, url.origin);
  // What is sent to a window before the call is in it is lost: so once more when it is, which of a popup only it can tell.
  let logo: LogoMessage | undefined;
  const showLogo = (): void => logo && send(logo);
  let isHeard = false;
  const tell = (event: ParentEvent): void => {
    host.dispatchEvent(new CustomEvent(event.type, { detail: event, bubbles: true }));
    options.onEvent?.(event);
  };
  const complain = (code: EmbedProblem['code'], message: string, needs: string): void => {
    console.error(`langdao-call: ${message} ${needs}`);
    const sessionId = url.searchParams.get('room') ?? '';
    tell({ type: 'embed-problem', sessionId, code, needs, message, timestamp: Date.now() });
  };
  const receive = (message: MessageEvent): void => {
    if (!message.source || message.source !== call.window) return;
    const event: unknown = message.data;
    if (!isParentEvent(event)) return;
    // A page in a sandbox has no origin, and nothing to tell but that.
    if (message.origin !== url.origin && (message.origin !== 'null' || event.type !== 'embed-problem'))
      return;
    isHeard = true;
    if (event.type === 'call-ready') showLogo();
    tell(event);
  };
  const poll = setInterval(() => {
    if (call.window) return;
    if (options.popup && !isHeard) complain('popup-unheard', ...UNHEARD);
    mounted.remove();
  }, POPUP_POLL_MS);
  const patience = setTimeout(() => isHeard || complain('no-answer', ...NO_ANSWER), SILENCE_MS_MAX);
  const mounted: MountedCall = {
    get window() {
      return call.window;
    },
    decide(decision) {
      send({ type: 'grace-period-decision', decision });
    },
    remove() {
      clearInterval(poll);
      clearTimeout(patience);
      removeEventListener('message', receive);
      host.removeEventListener('load', showLogo, true);
      call.remove();
    },
  };
  addEventListener('message', receive);
  host.addEventListener('load', showLogo, true);
  if (look.logo) {
    fetchLogo(look.logo, (message) => {
      logo = message;
      showLogo();
    });
  }
  return mounted;
}

function isParentEvent(value: unknown): value is ParentEvent {
  if (typeof value !== 'object' || value === null) return false;
  const type: unknown = (value as { type?: unknown }).type;
  return typeof type === 'string' && TYPES.has(type);
}

function addFrame(host: HTMLElement, href: string, title = TITLE_DEFAULT): Opened {
  if (!host.isConnected) throw new Error('Put the element into the page before mounting a call in it.');
  const frame = document.createElement('iframe');
  // Firefox before 74 does not know `allow`; the others complain of both.
  if (frame.allow === undefined) frame.allowFullscreen = true;
  frame.allow = ALLOW;
  // The call speaks only to the exact origin it learns from the referrer where `ancestorOrigins` is missing,
  // so the origin must come along even from a page whose own policy is `no-referrer`. The path never does.
  frame.referrerPolicy = 'origin';
  frame.title = title;
  frame.style.cssText = 'display:block;width:100%;height:100%;border:0';
  frame.src = href;
  host.appendChild(frame);
  if (getComputedStyle(host).display === 'inline') host.style.display = 'block';
  if (host.clientHeight <= FRAME_HEIGHT_BARE_PX) host.style.height = HEIGHT_DEFAULT;
  return {
    get window() {
      return frame.contentWindow;
    },
    remove: () => frame.remove(),
  };
}

function openWindow(host: HTMLElement, href: string): Opened {
  const name = `langdao-call-${Date.now()}`;
  const opened = open('', name, 'popup,width=1080,height=720');
  if (!opened) throw new Error('The browser blocked the call window: call mount() from a click.');
  // A link, and not `open(href)`, because only a link can set the policy of the referrer: see addFrame.
  const link = document.createElement('a');
  link.href = href;
  link.target = name;
  link.referrerPolicy = 'origin';
  host.appendChild(link);
  link.click();
  link.remove();
  return {
    get window() {
      return opened.closed ? null : opened;
    },
    remove: () => opened.close(),
  };
}

/** `<langdao-call src="…" title="…" data-accent="…">`: a call that is mounted while it is in the page and has a `src`. */
class LangDAOCallElement extends HTMLElement {
  static readonly observedAttributes = ['src'];

  private call: MountedCall | undefined;

  connectedCallback(): void {
    this.disconnectedCallback();
    const url = this.getAttribute('src');
    if (!url) return;
    const lobby = this.getAttribute('lobby') === 'off' ? 'off' : 'on';
    this.call = mount(this, {
      url,
      lobby,
      title: this.title || TITLE_DEFAULT,
      look: readThemeAttributes(this.dataset),
    });
  }

  disconnectedCallback(): void {
    this.call?.remove();
    this.call = undefined;
  }

  attributeChangedCallback(): void {
    // The first `src` of a parsed element arrives here just before it is connected.
    if (this.isConnected) this.connectedCallback();
  }
}

// Included twice by accident, the first stays. No value is exported: the built script adds one global and no more.
if (!customElements.get('langdao-call')) {
  window.LangDAOCall = { mount };
  customElements.define('langdao-call', LangDAOCallElement);
}

type CallEvents = { [T in keyof ParentEventMap]: CustomEvent<ParentEventMap[T]> };

declare global {
  interface Window {
    LangDAOCall: { mount(host: HTMLElement, options: MountOptions): MountedCall };
  }
  interface HTMLElementTagNameMap {
    'langdao-call': LangDAOCallElement;
  }
  interface HTMLElementEventMap extends CallEvents {}
}
