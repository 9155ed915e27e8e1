// The page as a whole: what is shown in which stage. Each part shows its own piece of the call's state.

import { BillLine } from './BillLine';
import { Controls } from './Controls';
import { GraceDialog } from './GraceDialog';
import { Header } from './Header';
import { LiveRegion } from './LiveRegion';
import { stage } from './model';
import { Notices } from './Notices';
import { isPanelOpen, Panel } from './Panel';
import { Stage } from './Stage';
import { Summary } from './Summary';

export function Room() {
  if (stage.value === 'ended') return <Summary />;
  return (
    <div class={isPanelOpen.value ? 'room with-panel' : 'room'}>
      <Header />
      <Notices />
      <main class="room-main">
        <Stage />
        <Panel />
      </main>
      <footer class="room-foot">
        <BillLine />
        <Controls />
      </footer>
      <GraceDialog />
      <LiveRegion />
    </div>
  );
}
