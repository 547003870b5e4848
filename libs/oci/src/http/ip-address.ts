import { isIPv4, isIPv6 } from 'node:net';

/** The 4 or 16 bytes of an address; `undefined` when `text` is none. A zone (`%eth0`) is ignored. */
export function parseIpAddress(text: string): Uint8Array | undefined {
  const bare = text.replace(/%.*$/s, '');
  if (isIPv4(bare)) return Uint8Array.from(bare.split('.'), Number);
  return isIPv6(bare) ? parseIpv6(bare) : undefined;
}

function parseIpv6(text: string): Uint8Array {
  const [head = '', tail] = text.split('::');
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const zeros = tail === undefined ? [] : new Array<number>(8 - left.length - right.length).fill(0);
  const bytes = new Uint8Array(16);
  for (const [index, group] of [...left, ...zeros, ...right].entries()) {
    bytes[index * 2] = group >> 8;
    bytes[index * 2 + 1] = group & 0xff;
  }
  return bytes;
}

/** The last group may be a dotted IPv4 address, which is two groups. */
function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}

/** The IPv4 address that an IPv6 address carries: mapped, compatible, NAT64, 6to4 or Teredo; `undefined` for others. */
export function embeddedIpv4(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length !== 16) return undefined;
  const hex = Buffer.from(bytes).toString('hex');
  // ::ffff:a.b.c.d, ::ffff:0:a.b.c.d and 64:ff9b::a.b.c.d
  if (/^(?:0{20}ffff|0{16}ffff0{4}|0064ff9b0{16})/.test(hex)) return bytes.slice(12);
  // ::a.b.c.d, but not :: and ::1, which are addresses of their own.
  if (/^0{24}/.test(hex) && !/^0{31}[01]$/.test(hex)) return bytes.slice(12);
  if (hex.startsWith('2002')) return bytes.slice(2, 6);
  if (hex.startsWith('20010000')) return bytes.slice(12).map((byte) => byte ^ 0xff);
  return undefined;
}
