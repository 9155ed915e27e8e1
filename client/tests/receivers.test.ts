import { expect, test } from 'vitest';
import { readLevel, readPlayed, TheirTracks } from '../src/call/transport/receivers';

interface Source {
  readonly timestamp: number;
  readonly audioLevel?: number;
}

const connectionOf = (...receivers: readonly [kind: string, sources: readonly Source[] | null][]) =>
  ({
    getReceivers: () =>
      receivers.map(([kind, sources]) => ({
        track: { kind },
        ...(sources && { getSynchronizationSources: () => sources }),
      })),
  }) as unknown as RTCPeerConnection;

test('the level is that of the sound, and media was last played when any of it was', () => {
  const connection = connectionOf(
    ['video', [{ timestamp: 70 }]],
    ['audio', [{ timestamp: 60, audioLevel: 0.25 }]],
  );

  expect([readLevel(connection), readPlayed(connection)]).toEqual([0.25, 70]);
});

test('before the first media, and where a browser does not tell, there is silence and no time', () => {
  for (const connection of [connectionOf(), connectionOf(['audio', []]), connectionOf(['audio', null])])
    expect([readLevel(connection), readPlayed(connection)]).toEqual([0, null]);
});

test('the first line of a kind is the person and a further one their screen; what is held is told afterwards, in order', () => {
  const told: string[] = [];
  const tracks = new TheirTracks(({ id }, of) => void told.push(`${id} is the ${of}`));
  const lines = ['audio', 'video', 'video'].map((kind, each) => ({
    receiver: { track: { kind, id: `${each}` } },
  }));
  const connection = { getTransceivers: () => lines } as unknown as RTCPeerConnection;
  const come = (each: number) => {
    const transceiver = lines[each];
    connection.ontrack?.({ track: transceiver?.receiver.track, transceiver } as unknown as RTCTrackEvent);
  };
  tracks.listen(connection);

  tracks.hold();
  come(0);
  come(2);
  const before = [...told];
  tracks.release();
  come(1);

  expect(before).toEqual([]);
  expect(told).toEqual(['0 is the person', '2 is the screen', '1 is the person']);
});
