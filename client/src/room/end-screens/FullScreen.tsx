// A screen of its own in place of the call: whose page it is, a sign, a headline, what it means, what to do next.

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
  /** Said at once by a screen reader, where nobody asked for this screen. */
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
