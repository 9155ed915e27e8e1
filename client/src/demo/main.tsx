// The demo platform: a tutoring site in miniature that sells one session, and shows what it hears and bills.

import { effect } from '@preact/signals';
import { Play } from 'lucide';
import { render, type VNode } from 'preact';
import '../style/base.css';
import '../platform/platform.css';
import './demo.css';
import { addQueueMicrotask } from '../base/polyfills';
import { loadLanguage, t } from '../i18n';
import { hasDocs, ownUrl } from '../platform/service-urls';
import { Icon } from '../ui/Icon';
import { LanguageMenu } from '../ui/LanguageMenu';
import { Stage } from './CallPanes';
import { demoState, start, startAgain } from './demo-platform';
import type { DemoState } from './demo-state';
import { Events } from './Events';
import { FinalBill } from './FinalBill';
import { Meter } from './Meter';

const STEPS = ['student', 'tutor', 'meter', 'bill'] as const;

function Demo(): VNode {
  const { bill } = demoState.value;
  return (
    <>
      <SiteHead />
      <main class="lesson">
        <LessonHead />
        {bill?.ended ? <FinalBill bill={bill} ended={bill.ended} /> : <Meter />}
        <Stage />
        <Events />
      </main>
    </>
  );
}

function SiteHead(): VNode {
  return (
    <header class="site-head">
      <span class="brand" translate={false}>
        {t('demo.brand')}
      </span>
      <span class="badge">{t('demo.tag')}</span>
      <nav aria-label={t('demo.nav')}>
        <a href={ownUrl('/')}>{t('demo.nav.start')}</a>
        {hasDocs() && <a href={ownUrl('/docs')}>{t('demo.nav.docs')}</a>}
      </nav>
      <LanguageMenu />
    </header>
  );
}

function LessonHead(): VNode {
  const { phase, problem } = demoState.value;
  return (
    <div class="lesson-head">
      <div class="lesson-title">
        <h1>{t('demo.title')}</h1>
        <p>{t('demo.lead')}</p>
      </div>
      {phase === 'ready' || phase === 'starting' ? (
        <button
          type="button"
          class="button primary large"
          disabled={phase === 'starting'}
          onClick={() => void start()}
        >
          <Icon of={Play} />
          {t(phase === 'starting' ? 'demo.starting' : 'demo.start')}
        </button>
      ) : (
        <Steps />
      )}
      {problem !== null && (
        <div class="problem" role="alert">
          <p>{t('demo.problem', { problem })}</p>
          {phase === 'running' && (
            <button type="button" class="button" onClick={startAgain}>
              {t('demo.new-lesson')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function Steps(): VNode {
  const current = stepOf(demoState.value);
  return (
    <ol class="steps" aria-label={t('demo.steps')}>
      {STEPS.map((step, index) => (
        <li key={step} data-done={index < current} aria-current={index === current ? 'step' : undefined}>
          {t(`demo.step.${step}`)}
        </li>
      ))}
    </ol>
  );
}

/** Index of the step the session is at: student comes, tutor gets a link, the meter runs, the bill. */
function stepOf({ phase, tutorUrl, bill }: DemoState): number {
  if (phase === 'over') return STEPS.indexOf('bill');
  if (bill !== null && bill.state !== 'waiting') return STEPS.indexOf('meter');
  return tutorUrl === null ? STEPS.indexOf('student') : STEPS.indexOf('tutor');
}

addQueueMicrotask();
void loadLanguage().then(() => {
  effect(() => {
    document.title = t('demo.page-title');
  });
  const root = document.getElementById('app');
  if (root !== null) render(<Demo />, root);
});
