// Describes a JSON value in one line a field, and reads it. Unknown fields are left out, because the service may add some (R25).
// A value that does not fit raises FrameRefused, which names the place.

export class FrameRefused extends Error {}

/** Reads one value found at *path*, or throws FrameRefused. */
export type Shape<T> = (value: unknown, path: string) => T;
export type Read<S> = S extends Shape<infer T> ? T : never;

type Fields = Readonly<Record<string, Shape<unknown>>>;
type ReadFields<F extends Fields> = { readonly [K in keyof F]: Read<F[K]> };

function refuse(path: string, wanted: string): never {
  throw new FrameRefused(`${path} must be ${wanted}`);
}

export const text: Shape<string> = (value, path) =>
  typeof value === 'string' ? value : refuse(path, 'a text');

export const flag: Shape<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : refuse(path, 'true or false');

/** A whole number from 0 on: times in Unix ms, seconds, counts. */
export const count: Shape<number> = (value, path) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : refuse(path, 'a whole number');

/** A whole number, also below 0: an amount may be a refund. */
export const whole: Shape<number> = (value, path) =>
  Number.isSafeInteger(value) ? (value as number) : refuse(path, 'a whole number');

export function oneOf<const T extends string>(...allowed: readonly T[]): Shape<T> {
  return (value, path) =>
    allowed.includes(value as T) ? (value as T) : refuse(path, `one of ${allowed.join(', ')}`);
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value, path) => (value === null || value === undefined ? null : shape(value, path));
}

/** A field the wire leaves out when it has its default. */
export function withDefault<T>(shape: Shape<T>, initial: T): Shape<T> {
  return (value, path) => (value === undefined ? initial : shape(value, path));
}

export function listOf<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (value, path) =>
    Array.isArray(value) ? value.map((item, i) => shape(item, `${path}[${i}]`)) : refuse(path, 'a list');
}

export function object<F extends Fields>(fields: F): Shape<ReadFields<F>> {
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(path, 'an object');
    const given = value as Readonly<Record<string, unknown>>;
    const read: Record<string, unknown> = {};
    for (const name of Object.keys(fields)) read[name] = fields[name]?.(given[name], `${path}.${name}`);
    return read as ReadFields<F>;
  };
}
