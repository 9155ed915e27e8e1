// An event as a sentence: what a tutor or a student would say happened.

import { locale, t } from '../i18n';
import { withOwnDigits } from '../i18n/format';
import { formatShortDuration } from '../i18n/localized';
import type { Received } from './demo-state';

/** Say what *event* means; an event this page does not know is named as it is. */
export function describe(event: Received): string {
  const who = nameOf(event.userRole ?? event.disconnectedRole ?? event.decidedBy);
  switch (event.type) {
    case 'session-started':
    case 'session-created':
    case 'tutor-accepted':
    case 'grace-decision':
    case 'user-connected':
    case 'proof-resumed':
    case 'proof-lost':
    case 'user-disconnected':
      return t(`demo.event.${event.type}`, { who });
    case 'timer-update':
      return t('demo.event.timer-update', {
        time: withOwnDigits(locale.value, text(event.formattedTime)),
      });
    case 'user-action':
      return t(`demo.event.${actionOf(event)}`, { who });
    case 'connection-status':
      return t('demo.event.connection-status', { quality: qualityOf(event.connectionQuality) });
    case 'connection-warning':
      return t('demo.event.connection-warning', {
        who,
        seconds: Number(event.gracePeriodSeconds) || 0,
      });
    case 'session-ended':
      return t('demo.event.session-ended', {
        who: nameOf(event.endedBy),
        time: formatShortDuration(Number(event.totalSeconds) || 0),
      });
    default:
      return event.type;
  }
}

/** Name for people who acted: a role, the platform, or the service itself when a time ran out. */
export function nameOf(who: unknown): string {
  switch (who) {
    case 'student':
    case 'tutor':
    case 'platform':
    case 'system':
      return t(`demo.who.${who}`);
    default:
      return text(who);
  }
}

function actionOf(event: Received): 'muted' | 'unmuted' | 'video-enabled' | 'video-disabled' | 'user-action' {
  switch (event.action) {
    case 'muted':
    case 'unmuted':
    case 'video-enabled':
    case 'video-disabled':
      return event.action;
    default:
      return 'user-action';
  }
}

function qualityOf(quality: unknown): string {
  switch (quality) {
    case 'excellent':
    case 'good':
    case 'poor':
    case 'disconnected':
      return t(`demo.quality.${quality}`);
    default:
      return text(quality);
  }
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
