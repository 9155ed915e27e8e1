// Shows the address of a link where the frame's sandbox allows no new window. It is not modal: the call goes on behind it.

import { render } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import './BlockedLink.css';
import { t } from '../../i18n/lazy-words';
import { CopyButton } from '../../ui/CopyButton';

/** Show the address of *href* over the page, in place of an earlier one, with what the sandbox *needs*. When it closes, the keyboard
 * goes back. */
export function showBlocked(href: string, needs: string): void {
  const from = document.activeElement;
  document.getElementById('blocked')?.remove();
  const place = document.createElement('div');
  place.id = 'blocked';
  document.body.append(place);
  const close = () => {
    render(null, place);
    place.remove();
    if (from instanceof HTMLElement) from.focus();
  };
  render(<Blocked href={href} needs={needs} onClose={close} />, place);
}

interface BlockedProps {
  readonly href: string;
  readonly needs: string;
  readonly onClose: () => void;
}

function Blocked({ href, needs, onClose }: BlockedProps) {
  // As it is written in HTML, from left to right also in Arabic (U+2066, U+2069).
  const written = `\u2066sandbox="${needs}"\u2069`;
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => box.current?.focus(), []);
  return (
    <div
      ref={box}
      class="card blocked"
      role="dialog"
      aria-labelledby="blocked-title"
      data-part="blocked-link"
      tabIndex={-1}
      onKeyDown={({ key }) => key === 'Escape' && onClose()}
    >
      <h2 id="blocked-title">{t('frame.link.title')}</h2>
      <p>{t('frame.link.text')}</p>
      <code class="blocked-address" dir="ltr" translate={false}>
        {href}
      </code>
      <p class="blocked-needs">{t('frame.needs', { needs: written })}</p>
      <div class="blocked-actions">
        <button type="button" class="button" onClick={onClose}>
          {t('devices.close')}
        </button>
        <CopyButton class="button primary" part="copy-address" label={t('frame.link.copy')} text={href} />
      </div>
    </div>
  );
}
