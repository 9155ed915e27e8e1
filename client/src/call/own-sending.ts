// Adapts what this page sends to the person's choices, and to the line once the rules for that are loaded (watching.ts).

import { loadPart } from '../base/load-part';
import type { Devices } from './media/devices';
import type { RulesPort, SendingRules } from './sending-rules';
import type { Action } from './state';
import { recallEfficient } from './transport/codec-choice';
import { SendControl, savesData } from './transport/send-control';

/** The connection and the call, as the sending sees them. */
interface SendingPort extends RulesPort {
  readonly isConnected: () => boolean;
  readonly dispatch: (action: Action) => void;
  /** Descriptions say something else from now on: make an offer. */
  readonly negotiate: () => void;
}

export class OwnSending {
  readonly control: SendControl;
  /** Null until the two are together. */
  private rules: SendingRules | null = null;
  private isLoading = false;

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
    this.rules?.beginConnection();
    this.tellPaused(false);
  }

  /** Take a report of the present connection, once a second. */
  take(report: RTCStatsReport): void {
    if (this.rules) this.rules.take(report);
    else if (!this.isLoading) void this.loadRules();
  }

  /** Most of what is sent is lost: send less at once. */
  sendLess(): void {
    this.rules?.sendLess();
  }

  private async loadRules(): Promise<void> {
    this.isLoading = true;
    const { SendingRules } = await loadPart(() => import('./watching'));
    this.rules = new SendingRules(this.control, this.devices, this.port, (isPaused) =>
      this.tellPaused(isPaused),
    );
  }

  private tellPaused(isPaused: boolean): void {
    this.port.dispatch({ type: 'picture', isPaused });
  }

  private readChoice() {
    const { isMusic, isLowData } = this.devices.choices.get();
    return { isMusic, isLowData: isLowData || savesData() };
  }
}
