// The platform's logo or name, else ours.

import './Brand.css';
import { t } from '../../i18n';
import { theme } from '../../theme/apply-theme';

export function Brand() {
  const { brand, logo } = theme.value;
  const name = brand ?? 'LangDAO';
  return (
    <p class="head-brand" data-part="brand">
      {logo ? <img src={logo} alt={name} height={28} /> : name}
      <span class="visually-hidden"> {t('room.title')}</span>
    </p>
  );
}
