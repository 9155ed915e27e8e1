// The person is alone: this card says whom they wait for, that waiting is free, and what they can do meanwhile.

import './Waiting.css';
import { t } from '../../i18n/lazy-words';
import { Avatar } from '../../ui/Avatar';
import { CopyButton } from '../../ui/CopyButton';
import { ownLink, tutorLink } from '../embedding/invite-links';
import { isBegun, link, otherRole, ownRole, state } from '../store/room-store';

export function Waiting() {
  return (
    <div class="stage-card waiting" data-part="waiting">
      <Avatar class="waiting-person" role={otherRole} />
      <h1>{t(`room.waiting.title.${otherRole}`)}</h1>
      <p>{t(isBegun.value ? 'room.waiting.again' : 'room.waiting.text')}</p>
      <Links />
    </div>
  );
}

function Links() {
  const { session } = state.value;
  if (!session) return null;
  const waiting = {
    href: location.href,
    role: ownRole,
    hasToken: link.token !== null,
    isEmbedded: window.self !== window.top,
    session,
  };
  // Only the student's page offers links. A tutor gets theirs from the platform, on every device.
  const own = ownRole === 'student' ? ownLink(waiting) : null;
  const tutor = tutorLink(waiting);
  return (
    <div class="waiting-links">
      {tutor && (
        <p>
          <CopyButton class="button" part="copy-tutor" label={t('waiting.tutor-link')} text={tutor} />
          <small>{t('waiting.tutor-why')}</small>
        </p>
      )}
      {own && (
        <p>
          <CopyButton class="button" part="copy-own" label={t('waiting.device')} text={own} />
          <small>{t('waiting.device-why')}</small>
        </p>
      )}
    </div>
  );
}
