import { embeddedIpv4, parseIpAddress } from './ip-address.ts';

/**
 * - `forbidden`: nothing that a layer or a feed could live at: link-local, cloud metadata, unspecified, multicast, reserved.
 * - `loopback`, `private`: this machine, and networks without a place in the Internet.
 */
export type AddressClass = 'public' | 'private' | 'loopback' | 'forbidden';

type Range = readonly [prefix: string, bits: number, addressClass: Exclude<AddressClass, 'public'>];

/** @see IANA special-purpose address registries, and the metadata services of the large clouds */
const RANGES: readonly Range[] = [
  ['0.0.0.0', 8, 'forbidden'],
  ['169.254.0.0', 16, 'forbidden'],
  ['100.100.100.200', 32, 'forbidden'], // Alibaba Cloud metadata
  ['168.63.129.16', 32, 'forbidden'], // Azure wire server
  ['192.0.0.192', 32, 'forbidden'], // Oracle Cloud metadata
  ['224.0.0.0', 4, 'forbidden'],
  ['240.0.0.0', 4, 'forbidden'],
  ['127.0.0.0', 8, 'loopback'],
  ['10.0.0.0', 8, 'private'],
  ['172.16.0.0', 12, 'private'],
  ['192.168.0.0', 16, 'private'],
  ['100.64.0.0', 10, 'private'],
  ['192.0.0.0', 24, 'private'],
  ['198.18.0.0', 15, 'private'],
  ['::', 128, 'forbidden'],
  ['fe80::', 10, 'forbidden'],
  ['ff00::', 8, 'forbidden'],
  ['fd00:ec2::254', 128, 'forbidden'], // AWS metadata
  ['fd00:ec2::23', 128, 'forbidden'], // AWS pod identity
  ['fd20:ce::254', 128, 'forbidden'], // Google Cloud metadata
  ['fd00:42::42', 128, 'forbidden'], // Scaleway metadata
  ['::1', 128, 'loopback'],
  ['fc00::', 7, 'private'],
  ['fec0::', 10, 'private'],
  ['64:ff9b:1::', 48, 'private'], // NAT64 of a network of one's own
];

const PARSED = RANGES.map(([prefix, bits, addressClass]) => ({
  prefix: parseIpAddress(prefix) ?? new Uint8Array(),
  bits,
  addressClass,
}));

/** The class of an address in any spelling; IPv6 forms that carry an IPv4 address are that address. Not an address: `forbidden`. */
export function classifyAddress(text: string): AddressClass {
  const bytes = parseIpAddress(text);
  if (bytes === undefined) return 'forbidden';
  const effective = embeddedIpv4(bytes) ?? bytes;
  return PARSED.find(({ prefix, bits }) => hasPrefix(effective, prefix, bits))?.addressClass ?? 'public';
}

function hasPrefix(address: Uint8Array, prefix: Uint8Array, bits: number): boolean {
  if (address.length !== prefix.length) return false;
  for (let bit = 0; bit < bits; bit += 8) {
    const mask = bits - bit >= 8 ? 0xff : (0xff << (8 - (bits - bit))) & 0xff;
    const index = bit / 8;
    if (((address[index] ?? 0) & mask) !== ((prefix[index] ?? 0) & mask)) return false;
  }
  return true;
}
