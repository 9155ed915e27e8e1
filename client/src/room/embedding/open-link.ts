// Links that lead out of the call. Law: a press always does something. Where the frame's sandbox forbids windows, the page says
// so, with the address to copy.

import { isFramed } from '../../base/permissions-policy';
import { reportProblem } from './embed-problems';

/** Follow the link that was pressed. The browser handles other presses itself, such as opening it in the background. */
export function openOutside(event: MouseEvent): void {
  const { button, ctrlKey, metaKey, shiftKey, altKey } = event;
  const link = event.currentTarget;
  if (!isFramed() || button !== 0 || ctrlKey || metaKey || shiftKey || altKey) return;
  if (!(link instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  const { href } = link;
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
  void import('./BlockedLink').then(({ showBlocked }) => showBlocked(href));
}
