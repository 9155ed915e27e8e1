// A screen in place of the call: the platform's name, an icon, a headline, what it means, and what to do next.

import type { IconNode } from 'lucide';
import type { ComponentChildren } from 'preact';
import './FullScreen.css';
import { Icon } from '../../ui/Icon';
import { LanguageMenu } from '../../ui/LanguageMenu';
import { Brand } from '../status/Brand';

interface FullScreenProps {
  readonly part: string;
  readonly icon: IconNode;
  readonly tone: 'good' | 'plain' | 'bad';
  readonly title: string;
  readonly text?: string;
  /** A screen reader says it at once, because the person did not ask for this screen. */
  readonly isAlert?: boolean;
  readonly children?: ComponentChildren;
}

export function FullScreen({ part, icon, tone, title, text, isAlert = false, children }: FullScreenProps) {
  return (
    <div class="interlude" data-part={part}>
      <header class="interlude-head">
        <Brand />
        <LanguageMenu />
      </header>
      <main class="interlude-main">
        <span class={`interlude-sign ${tone}`}>
          <Icon of={icon} />
        </span>
        <div role={isAlert ? 'alert' : undefined}>
          <h1>{title}</h1>
          {text && <p class="interlude-text">{text}</p>}
        </div>
        {children}
      </main>
    </div>
  );
}
