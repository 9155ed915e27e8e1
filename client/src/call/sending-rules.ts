// Adapts what this page sends to the line: it feeds the pacer, and tells the senders and the call what has changed. Loaded when
// the two are together.

import type { Devices } from './media/devices';
import { probeCodecs } from './transport/codec-probe';
import { NO_PICTURE, Pacer } from './transport/pacer';
import type { SendControl } from './transport/send-control';
import { Senders } from './transport/send-parameters';

/** After so many measurements the first pictures are there, and nothing waits for the processor. */
const PROBE_AFTER_SAMPLES = 10;

/** So long a choked line gets no picture: what is under way leaves its queues, and nothing old is repaired. The picture that is sent
 * then is a whole one, because its encoder begins anew. */
const PAUSE_MS = 300;

/** The connection, as the rules see it. */
export interface RulesPort {
  readonly isSharing: () => boolean;
  /** The plan has changed: tell the senders. */
  readonly follow: () => void;
  readonly log: (what: string, detail: unknown) => void;
}

export class SendingRules {
  private readonly pacer = new Pacer(performance.now());
  private samples = 0;

  constructor(
    private readonly control: SendControl,
    private readonly devices: Devices,
    private readonly port: RulesPort,
    private readonly tellPaused: (isPaused: boolean) => void,
  ) {
    const senders = new Senders(port.log);
    control.tell = (name, sender) => senders.tell(name, sender, control.plan);
    port.follow();
  }

  beginConnection(): void {
    this.pacer.beginConnection(performance.now());
    this.control.limits = this.pacer.limits;
  }

  /** Most of what is sent is lost: send no picture for a moment, and then the smallest. */
  sendLess(): void {
    const { control, pacer, port } = this;
    pacer.sendLess(performance.now());
    control.limits = NO_PICTURE;
    port.follow();
    setTimeout(() => {
      control.limits = pacer.limits;
      port.follow();
    }, PAUSE_MS);
  }

  /** Take a report of the present connection, once a second. */
  take(report: RTCStatsReport): void {
    const { control, devices, pacer, port } = this;
    this.samples += 1;
    if (this.samples === PROBE_AFTER_SAMPLES) void probeCodecs();
    const { audio, video } = devices.sent;
    const { isMusic, isLowData } = control.plan;
    const isSharing = port.isSharing();
    const sent = { hasSound: audio !== null, hasPicture: video !== null, isSharing, isMusic, isLowData };
    if (pacer.take(report.values(), sent, performance.now())) {
      control.limits = pacer.limits;
      port.follow();
    }
    this.tellPaused(video !== null && pacer.limits?.height === 0);
  }
}
