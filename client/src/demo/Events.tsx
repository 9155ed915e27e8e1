// What the platform heard, newest first: from the two calls by postMessage, from the backend by its feed.

import type { VNode } from 'preact';
import { locale, t } from '../i18n';
import { formatTimeOfDay } from '../i18n/format';
import { demoState } from './demo-platform';
import { type DemoState, type Line, REPEATING } from './demo-state';
import { describe } from './describe';

const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;

export function Events(): VNode {
  const lines = inOrder(demoState.value);
  return (
    <section class="card events" aria-labelledby="events-title">
      <h2 id="events-title">{t('demo.events.title')}</h2>
      {lines.length === 0 ? (
        <p class="fine">{t('demo.events.none')}</p>
      ) : (
        // Focusable, because a list that scrolls must scroll by keyboard too.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs focus to be scrolled by keyboard
        <ol class="lines" tabIndex={0} aria-labelledby="events-title">
          {lines.map((line) => (
            <EventLine key={line.key} line={line} />
          ))}
        </ol>
      )}
    </section>
  );
}

/** Put what ticks on top, in one order: it is always the newest, and must not jump about. Once it is over it is old. */
function inOrder({ lines, phase }: DemoState): readonly Line[] {
  const ticks = lines.filter(({ event }) => REPEATING.has(event.type));
  ticks.sort((a, b) => a.source.localeCompare(b.source));
  const rest = lines.filter(({ event }) => !REPEATING.has(event.type));
  return phase === 'over' ? [...rest, ...ticks] : [...ticks, ...rest];
}

function EventLine({ line }: { line: Line }): VNode {
  const { source, event, times } = line;
  return (
    <li>
      <time dateTime={new Date(event.timestamp).toISOString()}>
        {formatTimeOfDay(locale.value, event.timestamp, CLOCK)}
      </time>
      <span class="source" data-source={source}>
        {t(`demo.source.${source}`)}
      </span>
      <span class="what">{describe(event)}</span>
      <code>
        {event.type}
        {typeof event.reason === 'string' && ` · ${event.reason}`}
        {times > 1 && ` ×${times}`}
      </code>
    </li>
  );
}
