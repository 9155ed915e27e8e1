// The two links of a new session, to copy or open, and why a platform gets the second one later (R3).

import { Copy, ExternalLink } from 'lucide';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Role } from '../embed/parent-events';
import { t } from '../i18n';
import { Icon } from '../ui/Icon';
import type { Made } from './make-session';

export function Links({ made, onAgain }: { made: Made; onAgain: () => void }): VNode {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <section class="links" aria-labelledby="links-title">
      <h2 id="links-title" ref={title} tabIndex={-1}>
        {t('start.links.title')}
      </h2>
      <p>
        {t('start.links.session')} <code>{made.sessionId}</code>
      </p>
      <LinkCard seat="student" url={made.studentUrl} />
      <LinkCard seat="tutor" url={made.tutorUrl} />
      <p class="hint">{t('start.links.try')}</p>
      <button type="button" class="button" onClick={onAgain}>
        {t('start.again')}
      </button>
    </section>
  );
}

function LinkCard({ seat, url }: { seat: Role; url: string }): VNode {
  const input = useRef<HTMLInputElement>(null);
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    if (input.current !== null) setCopied(await copyFrom(input.current));
  };
  return (
    <article class="card link" data-seat={seat}>
      <header>
        <h3>{t(`start.links.${seat}`)}</h3>
        {seat === 'tutor' && <span class="badge tutor">{t('start.links.accepted')}</span>}
      </header>
      <p class="fine">{t(`start.links.${seat}-why`)}</p>
      <input
        ref={input}
        class="field mono"
        readOnly
        value={url}
        aria-label={t(`start.links.${seat}`)}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div class="actions">
        <button type="button" class="button" onClick={() => void copy()}>
          <Icon of={Copy} />
          <span aria-live="polite">{t(isCopied ? 'start.copied' : 'start.copy')}</span>
        </button>
        <a class="button primary" href={url} target="_blank" rel="noopener noreferrer">
          <Icon of={ExternalLink} />
          {t(`start.open.${seat}`)}
        </a>
      </div>
    </article>
  );
}

/** Copy the link; without the clipboard (an insecure page, an old browser) it is left selected for the keyboard. */
async function copyFrom(input: HTMLInputElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(input.value);
    return true;
  } catch {
    input.select();
    return document.execCommand('copy');
  }
}
