/** A tag of a header to be made: text, numbers of 32 bits, texts (`{ texts }`) or bytes. */
export type TagValue = string | readonly number[] | { readonly texts: readonly string[] } | Uint8Array;

/** Tags that a made header may have, by the names that rpm has for them. */
export const TAGS = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  vendor: 1011,
  arch: 1022,
  oldFileNames: 1027,
  sourceRpm: 1044,
  directoryIndexes: 1116,
  baseNames: 1117,
  directoryNames: 1118,
  payloadDigest: 5092,
  payloadDigestAlgorithm: 5093,
  modularityLabel: 5096,
  pgp: 259,
  gpg: 262,
  dsaHeader: 267,
  rsaHeader: 268,
  openPgp: 278,
} as const;

export type MadeHeader = { readonly [Tag in keyof typeof TAGS]?: TagValue };

/** The bytes of a header as databases keep it. */
export function headerBytes(header: MadeHeader): Uint8Array {
  const entries: number[] = [];
  const data: number[] = [];
  for (const [name, value] of Object.entries(header)) {
    const tag = TAGS[name as keyof typeof TAGS]; // Safety: the type of `header` has no other keys.
    const { type, count, bytes } = encoded(value);
    while (type === 4 && data.length % 4 !== 0) data.push(0);
    entries.push(...bigEndian(tag), ...bigEndian(type), ...bigEndian(data.length), ...bigEndian(count));
    for (const byte of bytes) data.push(byte);
  }
  return Uint8Array.from([...bigEndian(entries.length / 16), ...bigEndian(data.length), ...entries, ...data]);
}

/** A header with what every package has, and what is given besides. */
export function packageHeader(name: string, more: MadeHeader = {}): Uint8Array {
  const own = { name, version: '1.0', release: '1', arch: 'x86_64', sourceRpm: `${name}-1.0-1.src.rpm` };
  return headerBytes({ ...own, ...more });
}

function encoded(value: TagValue): { type: number; count: number; bytes: Iterable<number> } {
  if (typeof value === 'string') return { type: 6, count: 1, bytes: zeroEnded(value) };
  if (value instanceof Uint8Array) return { type: 7, count: value.length, bytes: value };
  if ('texts' in value) return { type: 8, count: value.texts.length, bytes: value.texts.flatMap(zeroEnded) };
  return { type: 4, count: value.length, bytes: value.flatMap(bigEndian) };
}

function zeroEnded(text: string): number[] {
  return [...Array.from(text, (char) => char.charCodeAt(0)), 0];
}

function bigEndian(value: number): number[] {
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}
