// Mixes all that is said in a call into one sound, for a recording. What is heard in the room is not changed by it.

export class RecordingMix {
  private readonly output: MediaStreamAudioDestinationNode;
  private readonly sources = new Map<string, { track: MediaStreamTrack; node: MediaStreamAudioSourceNode }>();

  constructor(private readonly context: AudioContext) {
    this.output = context.createMediaStreamDestination();
  }

  get track(): MediaStreamTrack | null {
    return this.output.stream.getAudioTracks()[0] ?? null;
  }

  /** Take in *track* as the sound of *part* from now on, in place of what it was; null is silence. */
  hear(part: string, track: MediaStreamTrack | null): void {
    const before = this.sources.get(part);
    if (before?.track === track) return;
    before?.node.disconnect();
    this.sources.delete(part);
    if (!track) return;
    const node = this.context.createMediaStreamSource(new MediaStream([track]));
    node.connect(this.output);
    this.sources.set(part, { track, node });
  }

  close(): void {
    for (const part of [...this.sources.keys()]) this.hear(part, null);
  }
}
