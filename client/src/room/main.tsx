// The call page. The call itself has begun by now: boot.ts is loaded ahead of this.

import './boot';
import '../style/base.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { speak } from '../i18n';
import { isSettled, stage } from './model';
import { Room } from './Room';

/** The words and numbers beside the picture may come after it: dates and money alone cost 60 ms the first time. */
const SETTLE_MS_MAX = 1_500;

function settle(): void {
  isSettled.value = true;
}

void speak();
const root = document.getElementById('room');
if (root) render(<Room />, root);
effect(() => {
  if (isSettled.value || stage.value === 'joining' || stage.value === 'connecting') return;
  if (typeof requestIdleCallback === 'function') requestIdleCallback(settle);
  else setTimeout(settle, 0);
});
setTimeout(settle, SETTLE_MS_MAX);
