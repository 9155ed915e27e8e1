// Adapts what this page sends to the line and to the person's choices: it feeds the rules of transport/send-control.ts, and tells
// the connection and the call what has changed.

import { loadPart } from '../base/load-part';
import type { Devices } from './media/devices';
import type { Action } from './state';
import { recallEfficient } from './transport/codec-choice';
import type { Pacer } from './transport/pacer';
import { SendControl, savesData } from './transport/send-control';

/** After so many measurements the first pictures are there, and nothing waits for the processor. */
const PROBE_AFTER_SAMPLES = 10;

/** The connection and the call, as the sending sees them. */
interface SendingPort {
  readonly isConnected: () => boolean;
  readonly isSharing: () => boolean;
  readonly dispatch: (action: Action) => void;
  /** The plan has changed: tell the senders. */
  readonly follow: () => void;
  /** Descriptions say something else from now on: make an offer. */
  readonly negotiate: () => void;
  readonly log: (what: string, detail: unknown) => void;
}

export class OwnSending {
  readonly control: SendControl;
  /** Null until the two are together. */
  private pacer: Pacer | null = null;
  private samples = 0;

  constructor(
    private readonly devices: Devices,
    private readonly port: SendingPort,
  ) {
    this.control = new SendControl(this.readChoice(), recallEfficient(navigator.userAgent));
    devices.choices.subscribe(() => {
      if (!this.control.choose(this.readChoice())) return;
      port.follow();
      if (port.isConnected()) port.negotiate();
    });
  }

  beginConnection(): void {
    this.pacer?.beginConnection(performance.now());
    this.control.limits = this.pacer?.limits ?? null;
    this.tellPaused(false);
  }

  /** Take a report of the present connection, once a second. */
  take(report: RTCStatsReport): void {
    this.samples += 1;
    if (this.samples === 1) void this.loadRules();
    if (this.samples === PROBE_AFTER_SAMPLES)
      import('./transport/codec-probe')
        .then(({ probeCodecs }) => probeCodecs())
        .catch((error: unknown) => this.port.log('codecs', error));
    if (this.pacer) this.follow(this.pacer, report);
  }

  private async loadRules(): Promise<void> {
    const { control, port } = this;
    const [{ Pacer }, { Senders }] = await loadPart(() =>
      Promise.all([import('./transport/pacer'), import('./transport/send-parameters')]),
    );
    const senders = new Senders(port.log);
    control.tell = (name, sender) => senders.tell(name, sender, control.plan);
    this.pacer = new Pacer(performance.now());
    port.follow();
  }

  private follow(pacer: Pacer, report: RTCStatsReport): void {
    const { control, devices, port } = this;
    const { audio, video } = devices.tracks;
    const { isMusic } = control.plan;
    const isSharing = port.isSharing();
    const sent = { hasSound: audio !== null, hasPicture: video !== null, isSharing, isMusic };
    if (pacer.take(report.values(), sent, performance.now())) {
      control.limits = pacer.limits;
      port.follow();
    }
    this.tellPaused(video !== null && control.limits?.height === 0);
  }

  private tellPaused(isPaused: boolean): void {
    this.port.dispatch({ type: 'picture', isPaused });
  }

  private readChoice() {
    const { isMusic, isLowData } = this.devices.choices.get();
    return { isMusic, isLowData: isLowData || savesData() };
  }
}
