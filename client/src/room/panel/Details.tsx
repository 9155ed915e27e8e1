// The session's details: its language, the two people, its begin, its price and its id (R8).

import type { ComponentChildren } from 'preact';
import type { Role } from '../../call/transport/wire';
import { t } from '../../i18n/lazy-words';
import { formatCost, formatDateTime, shortAddress } from '../../i18n/localized';
import { LanguageMenu } from '../../ui/LanguageMenu';
import { isBegun, link, otherRole, ownRole, state } from '../store/room-store';
import { LanguageCard } from './LanguageCard';

export function Details() {
  const { session, me, peer, bill } = state.value;
  return (
    <>
      <LanguageCard code={session?.language ?? link.language ?? ''} />
      <dl>
        <Row name={t('details.you')}>
          <Person role={ownRole} address={me.address} name={me.name} />
        </Row>
        <Row name={t('details.other')}>
          {peer ? (
            <Person role={otherRole} address={peer.address} name={peer.name} />
          ) : (
            <>
              <span class={`badge ${otherRole}`}>{t(`role.${otherRole}`)}</span>{' '}
              <span class="quiet">{t(isBegun.value ? 'news.left' : 'details.nobody')}</span>
            </>
          )}
        </Row>
        {/* What is not known yet has its place, so that nothing moves when it comes. */}
        <Row name={t('details.started')}>
          {session && (
            <time dateTime={new Date(session.start).toISOString()}>{formatDateTime(session.start)}</time>
          )}
        </Row>
        {(!bill || bill.ratePerHour) && (
          <Row name={t('details.rate')}>
            {bill?.ratePerHour
              ? t('bill.rate', { rate: formatCost(bill.ratePerHour) })
              : session && t('bill.none')}
          </Row>
        )}
        <Row name={t('details.session')}>{session && <code title={session.id}>{session.id}</code>}</Row>
      </dl>
      <LanguageMenu />
    </>
  );
}

function Row({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div class="details-row">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Person(props: { readonly role: Role; readonly address: string; readonly name?: string | null }) {
  const { role, address, name } = props;
  return (
    <>
      <span class={`badge ${role}`}>{t(`role.${role}`)}</span>{' '}
      <bdi title={address}>{name ?? shortAddress(address)}</bdi>
    </>
  );
}
