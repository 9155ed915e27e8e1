// The network check of the lobby: one sentence that a student understands, and behind it the details for support. It never
// keeps anybody from joining: it begins after the own picture, and ends when the lobby does.

import { Hourglass, type IconNode, Signal, SignalLow, SignalMedium, WifiOff } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
import './NetworkCheck.css';
import {
  BANDWIDTH_KBPS_MAX,
  type CheckResults,
  judge,
  type Verdict,
  type Way,
} from '../../call/transport/network-check';
import { checkNetwork } from '../../call/transport/network-probe';
import { t } from '../../i18n/lazy-words';
import { sayPercent, sayUnit } from '../../i18n/units';
import { CopyButton } from '../../ui/CopyButton';
import { Icon } from '../../ui/Icon';
import { call, devices, state } from '../store/room-store';

const SIGNS: Readonly<Record<Verdict, IconNode>> = {
  good: Signal,
  likely: Signal,
  slow: SignalLow,
  weak: SignalMedium,
  blocked: WifiOff,
  offline: WifiOff,
};

export function NetworkCheck() {
  const { results, isRunning, run } = useCheck();
  const verdict = results && judge(results);
  const words = t(verdict ? `check.${verdict}` : 'check.busy');
  return (
    <>
      <details
        class="preview-devices network-check"
        data-part="network-check"
        data-verdict={verdict ?? 'busy'}
      >
        <summary>
          <Icon of={verdict ? SIGNS[verdict] : Hourglass} /> {words}
        </summary>
        {results && <Details results={results} isRunning={isRunning} onAgain={run} />}
      </details>
      <p class="visually-hidden" role="status">
        {verdict && words}
      </p>
      <Visible />
    </>
  );
}

/** Whoever wants to hide their address has to know before they join that they cannot. */
function Visible() {
  const isWanted = devices.choices.get().hidesAddress;
  if (!isWanted || state.value.hasRelay !== false) return null;
  return (
    <p class="entrance-note" role="alert" data-part="address-visible">
      {t('check.visible')}
    </p>
  );
}

/** Check once the service has named its servers, or cannot be reached; then once more when it can, and on demand. */
function useCheck() {
  const [results, setResults] = useState<CheckResults | null>(null);
  const [isRunning, setRunning] = useState(false);
  const current = useRef<AbortController | null>(null);
  const checkedAs = useRef<string | null>(null);
  const run = () => {
    current.current?.abort();
    const own = new AbortController();
    current.current = own;
    setRunning(true);
    const options = {
      servers: call.media.servers,
      needsRelay: call.media.relayOnly,
      serviceUrl: `${location.pathname.replace(/\/?$/, '/')}health`,
      savesData: savesData(),
      signal: own.signal,
    };
    void checkNetwork(options).then((found) => {
      if (own.signal.aborted) return;
      setResults(found);
      setRunning(false);
    });
  };
  const { socket } = state.value;
  useEffect(() => {
    const isDue = socket === 'in-lobby' || (socket === 'lost' && checkedAs.current === null);
    if (!isDue || checkedAs.current === 'in-lobby') return;
    checkedAs.current = socket;
    run();
  }, [socket]);
  useEffect(() => () => current.current?.abort(), []);
  return { results, isRunning, run };
}

/** Chrome knows it, and tells it of phones that are told to save data. */
function savesData(): boolean {
  const { connection } = navigator as Navigator & { readonly connection?: { readonly saveData?: boolean } };
  return connection?.saveData === true;
}

interface DetailsProps {
  readonly results: CheckResults;
  readonly isRunning: boolean;
  readonly onAgain: () => void;
}

function Details({ results, isRunning, onAgain }: DetailsProps) {
  const rows = rowsOf(results);
  return (
    <div class="network-details">
      <dl data-part="network-details">
        {rows.map(([name, value]) => (
          <div key={name} class="network-row">
            <dt>{name}</dt>
            <dd class="numbers">
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      <p class="network-actions">
        <button type="button" class="button" data-part="check-again" disabled={isRunning} onClick={onAgain}>
          {t(isRunning ? 'check.busy' : 'check.again')}
        </button>
        <CopyButton class="button" part="copy-check" label={t('check.copy')} text={reportOf(results, rows)} />
      </p>
    </div>
  );
}

const WAY_WORDS = { open: 'check.open', closed: 'check.closed', none: 'check.missing' } as const;

type Row = readonly [name: string, value: string];

/** List what was found, in the reader's words. */
export function rowsOf({ ways, serviceMs, roundTripMs, loss, bandwidthKbps }: CheckResults): readonly Row[] {
  const way = (one: Way) => t(WAY_WORDS[one]);
  const isMost = bandwidthKbps === BANDWIDTH_KBPS_MAX;
  const bandwidth = sayUnit(bandwidthKbps, 'kilobit-per-second', 'kbit/s');
  return [
    [t('check.direct'), way(ways.stun)],
    [t('check.relay', { protocol: 'UDP' }), way(ways.udp)],
    [t('check.relay', { protocol: 'TCP' }), way(ways.tcp)],
    [t('check.relay', { protocol: 'TLS' }), way(ways.tls)],
    [t('check.service'), sayUnit(serviceMs, 'millisecond', 'ms') ?? '–'],
    [t('connection.delay'), sayUnit(roundTripMs, 'millisecond', 'ms') ?? '–'],
    [t('connection.loss'), sayPercent(loss === null ? null : loss * 100) ?? '–'],
    [t('check.bandwidth'), bandwidth === null ? '–' : `${isMost ? '≥ ' : ''}${bandwidth}`],
  ];
}

/** What support gets: the words that the person sees, and the same for whoever does not read their language. No address. */
export function reportOf(results: CheckResults, rows: readonly Row[]): string {
  const plain = { at: new Date().toISOString(), verdict: judge(results), ...results };
  const lines = rows.map(([name, value]) => `${name}: ${value}`);
  return [t(`check.${judge(results)}`), ...lines, JSON.stringify(plain), navigator.userAgent].join('\n');
}
