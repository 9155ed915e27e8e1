// Tells when this machine has another network. Only what every browser means by it counts: `change` of a connection also comes
// with each new estimate of its speed.

/** Network Information API, where there is one: Chrome on phones tells `type`, other browsers nothing. */
interface NetworkInformation extends EventTarget {
  readonly type?: string;
}

/** Call *then* when the network is back, or is another one. */
export function onNetworkChange(then: () => void): void {
  addEventListener('online', then);
  const { connection } = navigator as { readonly connection?: NetworkInformation };
  let type = connection?.type;
  connection?.addEventListener?.('change', () => {
    const before = type;
    type = connection.type;
    if (type !== before && type !== 'none') then();
  });
}
