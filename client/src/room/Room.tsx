// The page as a whole: what is shown in which stage. Each part shows its own piece of the call's state.

import { LiveRegion } from '../ui/LiveRegion';
import { openModals } from '../ui/modal';
import { AgainButton, again } from './classroom/LazyAgain';
import { Controls } from './controls/Controls';
import { Settings } from './devices/Settings';
import { endScreens, graceQuestion, isWithoutCall } from './end-screens/LazyEndScreens';
import { Help } from './help/Help';
import { Panel } from './panel/Panel';
import { Stage } from './stage/Stage';
import { BillLine } from './status/BillLine';
import { Header } from './status/Header';
import { notices } from './status/LazyNotices';
import { isAgainOpen } from './store/again-state';
import { captionBar } from './store/captions-state';
import { isPanelOpen } from './store/panel-state';
import { recordingBar } from './store/recording-state';
import { state } from './store/room-store';

export function Room() {
  const [Captions, Recording] = [captionBar.value, recordingBar.value];
  if (isWithoutCall()) return <endScreens.View />;
  return (
    <div class={isPanelOpen.value ? 'room with-panel' : 'room'}>
      <header class="room-head">
        <Header />
        <notices.View />
      </header>
      <main class="room-main">
        <Stage />
        <Panel />
      </main>
      <footer class="room-foot">
        {Recording && <Recording />}
        {Captions && <Captions />}
        {isAgainOpen.value && <again.View />}
        <BillLine />
        <AgainButton />
        <Controls />
      </footer>
      <Settings />
      {state.value.warning && <graceQuestion.View />}
      <Help />
      {openModals.value === 0 && <LiveRegion />}
    </div>
  );
}
