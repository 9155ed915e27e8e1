// Links that lead out of the call. Law: a press always does something. Where the frame's sandbox forbids windows, the page says
// so, with the address to copy.

import { readClock } from '../../base/clock';
import { isFramed } from '../../base/permissions-policy';
import { serverTime } from '../../call/state';
import { call, link, parent } from '../store/room-store';
import { reportProblem } from './embed-problems';

/** What a sandbox needs, so that a person can leave the page around it. */
const TOP = 'allow-top-navigation-by-user-activation';

/** Follow the link that was pressed. The browser handles other presses itself, such as opening it in the background. */
export function openOutside(event: MouseEvent): void {
  const href = takePress(event);
  if (href === null) return;
  // Not `noopener`: with it `open` returns null also for a window that was opened.
  const opened = window.open('', '_blank');
  if (opened) {
    opened.opener = null;
    opened.location.replace(href);
    return;
  }
  reportProblem({
    code: 'popups-blocked',
    needs: 'sandbox="allow-popups allow-popups-to-escape-sandbox"',
    message: 'A link in the call could not be opened: the frame’s sandbox allows no windows.',
  });
  showAddress(href, 'allow-popups');
}

/** Leave for the platform's next page, whose link was pressed, in place of the page around the call, too: its target is `_top`.
 * Whoever is around the call hears of it before. */
export function openNextPage(event: MouseEvent): void {
  const { currentTarget: pressed } = event;
  if (pressed instanceof HTMLAnchorElement) {
    const timestamp = serverTime(call.state, readClock());
    parent.tell({ type: 'next-page', sessionId: link.room, url: pressed.href, timestamp });
  }
  const href = takePress(event);
  if (href === null) return;
  try {
    (window.top ?? window).location.href = href;
  } catch {
    reportProblem({
      code: 'popups-blocked',
      needs: `sandbox="${TOP}"`,
      message: 'The next page could not be opened: the frame’s sandbox lets no link leave it.',
    });
    showAddress(href, TOP);
  }
}

/** Take the press of a link from the browser, where the call is in a frame; null for what the browser does better. */
function takePress(event: MouseEvent): string | null {
  const { button, ctrlKey, metaKey, shiftKey, altKey, currentTarget: pressed } = event;
  if (!isFramed() || button !== 0 || ctrlKey || metaKey || shiftKey || altKey) return null;
  if (!(pressed instanceof HTMLAnchorElement)) return null;
  event.preventDefault();
  return pressed.href;
}

function showAddress(href: string, needs: string): void {
  void import('./BlockedLink').then(({ showBlocked }) => showBlocked(href, needs));
}
