// The two calls as the platform's page embeds them: through /embed.js, exactly as its integration guide says.

import { Headphones } from 'lucide';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Role } from '../embed/parent-events';
import { t } from '../i18n';
import { Icon } from '../ui/Icon';
import { demoState, tell } from './demo-platform';

export function Stage(): VNode {
  const { session, tutorUrl, phase } = demoState.value;
  return (
    <section class="stage" aria-label={t('demo.stage')}>
      <Pane seat="student" url={session?.studentUrl ?? null} waiting={t('demo.pane.student-waiting')} />
      <Pane
        seat="tutor"
        url={tutorUrl}
        waiting={t(phase === 'running' ? 'demo.pane.tutor-next' : 'demo.pane.tutor-waiting')}
      />
      <p class="hint">
        <Icon of={Headphones} />
        {t('demo.echo-hint')}
      </p>
    </section>
  );
}

function Pane({ seat, url, waiting }: { seat: Role; url: string | null; waiting: string }): VNode {
  return (
    <article class="pane" data-seat={seat} aria-labelledby={`pane-${seat}`}>
      <header class="pane-head">
        <span class="avatar" aria-hidden="true">
          {t(`demo.${seat}.initials`)}
        </span>
        <h2 id={`pane-${seat}`}>{t(`demo.${seat}.name`)}</h2>
        <span class={`badge ${seat}`}>{t(`demo.who.${seat}`)}</span>
      </header>
      {url === null ? <p class="pane-waiting">{waiting}</p> : <Call seat={seat} url={url} />}
    </article>
  );
}

function Call({ seat, url }: { seat: Role; url: string }): VNode {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current === null) return;
    const call = window.LangDAOCall.mount(host.current, {
      url,
      // Two panes side by side show the session, not the way in.
      lobby: 'off',
      title: t('demo.pane.title', { name: t(`demo.${seat}.name`) }),
      onEvent: (event) => tell({ type: 'heard', source: seat, event }),
    });
    return () => call.remove();
  }, [seat, url]);
  return <div class="pane-call" ref={host} />;
}
