// What goes on beside the call, once the page is drawn: the call goes on without it.

import { startBoard } from '../classroom/BoardPlace';
import { startSayAgain } from '../classroom/LazyAgain';
import { startCaptions } from '../classroom/LazyCaptions';
import { startRecording } from '../classroom/LazyRecording';
import { startLooking } from '../classroom/look-here';
import { startFiles } from '../classroom/share-files';
import { startTools } from '../classroom/tools-state';
import { startChosenRetouch } from '../devices/LazyRetouch';
import { awaitGesture } from '../devices/sound';
import { reportMissingFeatures } from '../embedding/embed-problems';
import { startCallSounds } from './call-sounds';
import { startLineTrouble } from './line-trouble';
import { measureOwnVoice, startMutedSpeech } from './muted-speech';
import { startOwnCopy } from './own-copy';
import { startPassingNotices } from './passing-notices';
import { resumePlayback } from './playback';
import { startSpeakerOutput } from './speaker-output';
import { startTabTitle } from './tab-title';
import { holdWakeLock } from './wake-lock';

export function startSideEffects(): void {
  awaitGesture();
  startChosenRetouch();
  startCallSounds();
  startPassingNotices();
  startTabTitle();
  holdWakeLock();
  resumePlayback();
  startSpeakerOutput();
  startMutedSpeech();
  startLineTrouble();
  startOwnCopy();
  measureOwnVoice();
  reportMissingFeatures();
  startTools();
  startBoard();
  startLooking();
  startFiles();
  startSayAgain();
  startCaptions();
  startRecording();
}
