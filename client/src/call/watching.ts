// What a call loads once its first picture is there, in one file.

export { CallWatch } from './call-watch';
export { SendingRules } from './sending-rules';
