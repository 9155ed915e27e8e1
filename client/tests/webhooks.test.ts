// The golden webhooks: what the service signs, a platform in JavaScript verifies, with the library of Standard Webhooks.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

interface Signed {
  readonly name: string;
  readonly secret: string;
  readonly id: string;
  readonly timestamp: number;
  readonly body: string;
  readonly signature: string;
}

const GOLDENS = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../wire/webhooks/signed.json'), 'utf8'),
) as readonly Signed[];

const headersOf = ({ id, timestamp, signature }: Signed) => ({
  'webhook-id': id,
  'webhook-timestamp': String(timestamp),
  'webhook-signature': signature,
});

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

describe.each(GOLDENS)('the webhook $name', (golden) => {
  const webhook = new Webhook(golden.secret);

  test('is verified and read', () => {
    vi.setSystemTime(golden.timestamp * 1000);

    expect(webhook.verify(golden.body, headersOf(golden))).toEqual(JSON.parse(golden.body));
  });

  test('has the signature that the library makes', () => {
    const made = webhook.sign(golden.id, new Date(golden.timestamp * 1000), golden.body);

    expect(golden.signature.split(' ')).toContain(made);
  });

  test.each([-300, 300])('is verified by a clock that is %i s away', (skew) => {
    vi.setSystemTime((golden.timestamp + skew) * 1000);

    expect(() => webhook.verify(golden.body, headersOf(golden))).not.toThrow();
  });

  test.each([-301, 301])('is refused by a clock that is %i s away', (skew) => {
    vi.setSystemTime((golden.timestamp + skew) * 1000);

    expect(() => webhook.verify(golden.body, headersOf(golden))).toThrow(WebhookVerificationError);
  });

  test('is refused with another byte in its body', () => {
    vi.setSystemTime(golden.timestamp * 1000);

    expect(() => webhook.verify(`${golden.body} `, headersOf(golden))).toThrow(WebhookVerificationError);
  });
});
