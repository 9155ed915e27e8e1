// What comes from the other side: their tracks, and without a look at the statistics how loud they are, and when media was last
// played (W3C WebRTC §5.3, getSynchronizationSources; old browsers tell neither).

/** What a remote track shows: the first transceiver of each kind carries the person, any further one their screen. */
export type Source = 'person' | 'screen';

/** Tells of the tracks of one connection after another. */
export class TheirTracks {
  private held: (() => void)[] | null = null;

  constructor(private readonly tell: (track: MediaStreamTrack, of: Source) => void) {}

  listen(connection: RTCPeerConnection): void {
    connection.ontrack = ({ track, transceiver }) => {
      const tell = () => this.tell(track, sourceOf(transceiver, connection));
      if (this.held) this.held.push(tell);
      else tell();
    };
  }

  /** Tell nothing before `release`: a page that begins to show a track stands still for 10 ms and more. */
  hold(): void {
    this.held = [];
  }

  release(): void {
    const { held } = this;
    this.held = null;
    for (const tell of held ?? []) tell();
  }
}

function sourceOf({ receiver }: RTCRtpTransceiver, connection: RTCPeerConnection): Source {
  const { kind } = receiver.track;
  const first = connection.getTransceivers().find((each) => each.receiver.track.kind === kind);
  return first?.receiver === receiver ? 'person' : 'screen';
}

/** Tell how loud the other side is right now, 0 to 1. */
export function readLevel(connection: RTCPeerConnection): number {
  const receiver = connection.getReceivers().find(({ track }) => track.kind === 'audio');
  return Math.max(0, ...(receiver ? sourcesOf(receiver) : []).map(({ audioLevel }) => audioLevel ?? 0));
}

/** When media was last played, by a clock of the browser's own; null before the first, and where the browser does not tell. */
export function readPlayed(connection: RTCPeerConnection): number | null {
  const times = connection
    .getReceivers()
    .flatMap(sourcesOf)
    .map(({ timestamp }) => timestamp);
  return times.length === 0 ? null : Math.max(...times);
}

function sourcesOf(receiver: RTCRtpReceiver): RTCRtpSynchronizationSource[] {
  return receiver.getSynchronizationSources?.() ?? [];
}
