// The figures behind "good connection", in plain words. They are read anew while they are shown.

import { useEffect, useState } from 'preact/hooks';
import type { Stat } from '../../call/transport/stat';
import {
  compareStats,
  type Picture,
  readStats,
  type StatsSample,
  type StatsView,
} from '../../call/transport/stats-view';
import { t } from '../../i18n/lazy-words';
import { sayPercent, sayUnit } from '../../i18n/units';
import { call } from '../store/room-store';

const READ_EVERY_MS = 1_000;

export function ConnectionFigures() {
  const figures = useFigures();
  if (!figures) return <p class="quiet">{t('connection.measuring')}</p>;
  const { roundTripMs, jitterMs, lossPercent, receivedKbps, sentKbps, pictureIn, pictureOut, codecs, route } =
    figures;
  return (
    <>
      <h2 class="figures-title">{t('connection.title')}</h2>
      <dl data-part="connection-figures">
        <Row name="delay" value={sayUnit(roundTripMs, 'millisecond', 'ms')} />
        <Row name="jitter" value={sayUnit(jitterMs, 'millisecond', 'ms')} />
        <Row name="loss" value={sayPercent(lossPercent)} />
        <Row name="received" value={sayUnit(receivedKbps, 'kilobit-per-second', 'kbit/s')} />
        <Row name="sent" value={sayUnit(sentKbps, 'kilobit-per-second', 'kbit/s')} />
        <Row name="picture-in" value={sayPicture(pictureIn)} />
        <Row name="picture-out" value={sayPicture(pictureOut)} />
        <Row name="codecs" value={codecs.length > 0 ? codecs.join(', ') : null} />
        <Row name="route" value={route && t(route.isRelayed ? 'connection.relayed' : 'connection.direct')} />
        <Row name="ends" value={route && `${route.local} – ${route.remote}, ${route.protocol}`} />
      </dl>
    </>
  );
}

type Name =
  | 'delay'
  | 'jitter'
  | 'loss'
  | 'received'
  | 'sent'
  | 'picture-in'
  | 'picture-out'
  | 'codecs'
  | 'route'
  | 'ends';

function Row({ name, value }: { readonly name: Name; readonly value: string | null }) {
  return (
    <div class="figures-row">
      <dt>{t(`connection.${name}`)}</dt>
      <dd class="numbers" data-figure={name}>
        <bdi>{value ?? '–'}</bdi>
      </dd>
    </div>
  );
}

function useFigures(): StatsView | null {
  const [figures, setFigures] = useState<StatsView | null>(null);
  useEffect(() => {
    let before: StatsSample | null = null;
    const read = async () => {
      const report = await call.media.readStats();
      if (!report) return;
      const now = readStats(report.values() as Iterable<Stat>, performance.now());
      setFigures(compareStats(before, now));
      before = now;
    };
    void read();
    const timer = setInterval(() => void read(), READ_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return figures;
}

function sayPicture(picture: Picture | null): string | null {
  if (!picture) return null;
  const size = `${picture.width} × ${picture.height}`;
  return picture.framesPerSecond === null
    ? size
    : `${size}, ${t('connection.fps', { fps: picture.framesPerSecond })}`;
}
