// What follows the page by itself once it is drawn, in one file: thirty small ones took a fifth of a second of the processor, in
// which somebody else may be joining.

export { keepChat } from './chat/chat-memory';
export { BoardPlace } from './classroom/BoardPlace';
export { ListeningSign } from './classroom/ListeningSign';
export { PanelTabs } from './classroom/PanelTabs';
export { Menu } from './controls/Menu';
export { Ends } from './end-screens/EndScreen';
export { GraceDialog } from './end-screens/GraceDialog';
export { Reconnecting } from './end-screens/Reconnecting';
export { Waiting } from './end-screens/Waiting';
export { startKeyboard } from './keyboard';
export { Details } from './panel/Details';
export { startSideEffects } from './side-effects/side-effects';
export { MoveHandle } from './stage/MoveHandle';
export { Reactions, startReactions } from './stage/Reactions';
export { Screens } from './stage/Screen';
export { startAnnouncements } from './status/announcements';
export { Notices } from './status/Notices';
