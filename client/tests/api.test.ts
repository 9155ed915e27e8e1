import { expect, test } from 'vitest';
import { receiveError } from '../src/platform/api';

test('a refusal says which field it is about, by its code or by the list of fields', () => {
  const byCode = receiveError({ code: 'currency-unknown', message: 'no' }, 400);
  const byList = receiveError(
    { code: 'request-invalid', message: 'two', fields: [{ field: 'language', message: 'too long' }] },
    422,
  );

  expect(byCode).toMatchObject({ code: 'currency-unknown', message: 'no', field: 'currency' });
  expect(byList).toMatchObject({ code: 'request-invalid', message: 'too long', field: 'language' });
});

test.each([null, 'oops', [], { code: 1 }])(
  'an answer that is no refusal of ours (%j) names the status',
  (answer) => {
    expect(receiveError(answer, 502)).toMatchObject({
      code: 'unexpected',
      message: expect.stringContaining('502'),
    });
  },
);

test.each(['constructor', '__proto__', 'toString'])('the code %s is about no field', (code) => {
  expect(receiveError({ code, message: 'no' }, 400)).toMatchObject({ code, field: null });
});
