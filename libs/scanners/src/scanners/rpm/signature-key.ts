import { base64Bytes } from './base64.ts';
import type { HeaderBlob } from './header-blob.ts';

/** Signatures of the header, then those of header and payload, and rpm 6's list of both (base64). */
const RSA_HEADER = 268;
const DSA_HEADER = 267;
const PGP = 259;
const GPG = 262;
const OPENPGP = 278;

const SIGNATURE_PACKET = 2;
const ISSUER = 16;
const ISSUER_FINGERPRINT = 33;
const KEY_ID_BYTES = 8;

/**
 * The id of the key that signed the package: 16 hexadecimal digits; empty when no signature names one. It describes the
 * package; nothing is verified, so that a signature that does not read is like none.
 */
export function signatureKey(header: HeaderBlob): string {
  for (const tag of [RSA_HEADER, DSA_HEADER, PGP, GPG]) {
    const packet = header.binary(tag);
    const key = packet.ok && packet.value !== undefined ? issuerOf(packet.value) : '';
    if (key !== '') return key;
  }
  const packets = header.strings(OPENPGP);
  for (const text of (packets.ok ? packets.value : undefined) ?? []) {
    const key = issuerOf(base64Bytes(text));
    if (key !== '') return key;
  }
  return '';
}

/** @see https://www.rfc-editor.org/rfc/rfc9580#name-signature-packet-type-id-2 */
function issuerOf(bytes: Uint8Array): string {
  const body = packetBody(bytes);
  const version = body[0];
  if (version === 3) return hexadecimal(body.subarray(7, 7 + KEY_ID_BYTES));
  if (version !== 4 && version !== 6) return '';
  const lengthBytes = version === 4 ? 2 : 4;
  const hashed = 4 + lengthBytes;
  const unhashed = hashed + bigEndian(body, 4, lengthBytes);
  const unhashedBytes = bigEndian(body, unhashed, lengthBytes);
  return (
    issuerIn(body.subarray(hashed, unhashed)) ||
    issuerIn(body.subarray(unhashed + lengthBytes, unhashed + lengthBytes + unhashedBytes))
  );
}

/** The body of the packet, in either form of its head; empty when it is no signature. */
function packetBody(bytes: Uint8Array): Uint8Array {
  const head = bytes[0] ?? 0;
  const isNewForm = (head & 0xc0) === 0xc0;
  const type = isNewForm ? head & 0x3f : (head >> 2) & 0x0f;
  if ((head & 0x80) === 0 || type !== SIGNATURE_PACKET) return new Uint8Array();
  if (isNewForm) return bytes.subarray(1 + lengthOctets(bytes[1] ?? 0));
  const oldLengthOctets = [1, 2, 4, 0][head & 3] ?? 0;
  return bytes.subarray(1 + oldLengthOctets);
}

/** How many bytes a length has that starts with this one. */
function lengthOctets(first: number): number {
  if (first < 192) return 1;
  return first === 255 ? 5 : 2;
}

function issuerIn(subpackets: Uint8Array): string {
  for (let at = 0; at < subpackets.length; ) {
    const first = subpackets[at] ?? 0;
    const octets = lengthOctets(first);
    const length =
      octets === 1
        ? first
        : octets === 2
          ? (first - 192) * 256 + (subpackets[at + 1] ?? 0) + 192
          : bigEndian(subpackets, at + 1, 4);
    const body = subpackets.subarray(at + octets, at + octets + length);
    const type = (body[0] ?? 0) & 0x7f;
    if (type === ISSUER && body.length === 1 + KEY_ID_BYTES) return hexadecimal(body.subarray(1));
    // The id of a version 4 key is the end of its fingerprint; later ones start with it.
    if (type === ISSUER_FINGERPRINT && body.length >= 22) {
      return hexadecimal(body[1] === 4 ? body.subarray(-KEY_ID_BYTES) : body.subarray(2, 2 + KEY_ID_BYTES));
    }
    at += octets + length;
  }
  return '';
}

function bigEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i += 1) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

/** Empty for anything shorter than a key id. */
function hexadecimal(bytes: Uint8Array): string {
  if (bytes.length < KEY_ID_BYTES) return '';
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
