// The card in the middle of the stage while there is no picture, or something to decide.

import { t } from '../../i18n';
import { problems } from '../devices/LazyProblem';
import { reconnecting, waiting } from '../end-screens/LazyEndScreens';
import { blockingProblem, otherRole, stage } from '../store/room-store';

export function Between() {
  if (blockingProblem.value) return <problems.View />;
  switch (stage.value) {
    case 'joining':
      return <Card title={t('room.joining')} />;
    case 'waiting':
      return <waiting.View />;
    case 'connecting':
      return <Card title={t(`room.connecting.${otherRole}`)} />;
    case 'reconnecting':
      return <reconnecting.View />;
    default:
      return <h1 class="visually-hidden">{t('room.title')}</h1>;
  }
}

function Card({ title }: { readonly title: string }) {
  return (
    <div class="stage-card" data-part="stage-card">
      <span class="stage-busy" aria-hidden="true" />
      <h1>{title}</h1>
    </div>
  );
}
