// What this lesson is: language card and session metadata (R8).

import type { ComponentChildren } from 'preact';
import './Details.css';
import type { Role } from '../call/wire';
import { t } from '../i18n';
import { languageOf } from '../i18n/languages';
import { formatCost, formatDateTime, shortAddress } from './format';
import { otherRole, ownRole, state } from './model';

export function Details() {
  const { session, me, peer, bill } = state.value;
  const lesson = session && languageOf(session.language);
  return (
    <details class="details" data-part="details" open>
      <summary>
        <h2>{t('panel.details')}</h2>
      </summary>
      {lesson && (
        <p class="details-language" data-part="language-card">
          <span class="details-code" aria-hidden="true">
            {lesson.code.toUpperCase()}
          </span>
          <span>
            <span class="visually-hidden">{t('details.language')}: </span>
            <strong>{lesson.name}</strong>
            <span class="quiet" lang={lesson.code}>
              {lesson.nativeName}
            </span>
          </span>
        </p>
      )}
      <dl>
        <Row name={t('details.you')}>
          <Person role={ownRole} address={me.address} />
        </Row>
        <Row name={t('details.other')}>
          {peer ? (
            <Person role={otherRole} address={peer.address} />
          ) : (
            <span class="quiet">{t('details.nobody')}</span>
          )}
        </Row>
        {session && <Row name={t('details.started')}>{formatDateTime(session.start)}</Row>}
        {bill?.ratePerHour && (
          <Row name={t('details.rate')}>{t('bill.rate', { rate: formatCost(bill.ratePerHour) })}</Row>
        )}
        {session && (
          <Row name={t('details.session')}>
            <code title={session.id}>{session.id}</code>
          </Row>
        )}
      </dl>
    </details>
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

function Person({ role, address }: { readonly role: Role; readonly address: string }) {
  return (
    <>
      <span class={`badge ${role}`}>{t(`role.${role}`)}</span>{' '}
      <bdi title={address}>{shortAddress(address)}</bdi>
    </>
  );
}
