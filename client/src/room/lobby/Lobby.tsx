// The page before the call: the own picture on one side, the session and the join button on the other.

import { LanguageMenu } from '../../ui/LanguageMenu';
import { problems } from '../devices/LazyProblem';
import { Brand } from '../status/Brand';
import { pageProblem } from '../store/room-store';
import { Entrance } from './Entrance';
import { Preview } from './Preview';

export function Lobby() {
  return (
    <div class="lobby" data-part="lobby">
      <header class="lobby-head">
        <Brand />
        <LanguageMenu />
      </header>
      {pageProblem ? (
        <main class="lobby-main is-alone">
          <problems.View />
        </main>
      ) : (
        <main class="lobby-main">
          <Preview />
          <Entrance />
        </main>
      )}
    </div>
  );
}
