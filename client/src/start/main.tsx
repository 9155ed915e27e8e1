// The start page: make a session, get the student's link and the tutor's.

import { effect } from '@preact/signals';
import { render, type VNode } from 'preact';
import { useState } from 'preact/hooks';
import '../style/base.css';
import '../platform/platform.css';
import './start.css';
import { addQueueMicrotask } from '../base/polyfills';
import { loadLanguage, t } from '../i18n';
import { hasDocs, ownUrl } from '../platform/service-urls';
import { LanguageMenu } from '../ui/LanguageMenu';
import type { Made } from './make-session';
import { SessionForm } from './SessionForm';
import { Links } from './SessionLinks';

function Start(): VNode {
  const [made, setMade] = useState<Made | null>(null);
  return (
    <>
      <header class="site-head">
        <span class="brand" translate={false}>
          {t('start.brand')}
        </span>
        <nav aria-label={t('start.nav')}>
          <a href={ownUrl('/demo')}>{t('start.nav.demo')}</a>
          {hasDocs() && <a href={ownUrl('/docs')}>{t('start.nav.docs')}</a>}
        </nav>
        <LanguageMenu />
      </header>
      <main class="start">
        <div class="intro">
          <h1>{t('start.title')}</h1>
          <p>{t('start.lead')}</p>
        </div>
        {made === null ? (
          <SessionForm onMade={setMade} />
        ) : (
          <Links made={made} onAgain={() => setMade(null)} />
        )}
      </main>
    </>
  );
}

addQueueMicrotask();
void loadLanguage().then(() => {
  effect(() => {
    document.title = t('start.page-title');
  });
  const root = document.getElementById('app');
  if (root !== null) render(<Start />, root);
});
