import { err, ok, type Result } from '@clair/model';
import { readFileList } from './file-list.ts';
import { type HeaderBlob, parseHeaderBlob } from './header-blob.ts';
import { signatureKey } from './signature-key.ts';

/** Tags of a header. @see https://rpm-software-management.github.io/rpm/manual/tags.html */
const NAME = 1000;
const VERSION = 1001;
const RELEASE = 1002;
const EPOCH = 1003;
const VENDOR = 1011;
const ARCH = 1022;
const SOURCE_RPM = 1044;
const PAYLOAD_DIGEST = 5092;
const PAYLOAD_DIGEST_ALGORITHM = 5093;
const MODULARITY_LABEL = 5096;

/** Numbers of RFC 9580, section 9.5, which rpm uses for its own digests too. */
const DIGEST_NAMES: { readonly [id: number]: string } = {
  1: 'md5',
  2: 'sha1',
  8: 'sha256',
  9: 'sha384',
  10: 'sha512',
  11: 'sha224',
  12: 'sha3-256',
  14: 'sha3-512',
};

/** What the header of an installed package says. Texts that it does not have are empty. */
export interface RpmHeader {
  readonly name: string;
  /** 0 where the header has none: rpm orders the two alike. */
  readonly epoch: number;
  readonly version: string;
  readonly release: string;
  readonly arch: string;
  /** The file name of the source package: `bash-5.1.8-6.el9.src.rpm`. */
  readonly sourceRpm: string;
  /** `name:stream:version:context:arch`. */
  readonly modularityLabel: string;
  readonly vendor: string;
  /** Id of the key that signed the package, 16 hexadecimal digits in lower case; empty when none is named. */
  readonly signatureKey: string;
  /** `sha256:…` of the compressed payload. */
  readonly payloadDigest: string;
  /**
   * Paths of the package's files and directories without a leading slash, `%ghost` and not installed ones included.
   * Read when called: lists are most of a header, and few callers want them.
   */
  files(): Result<readonly string[], string>;
}

/** Reads the header of a package as databases keep it: without the magic of a package file. Never throws for data. */
export function readRpmHeader(bytes: Uint8Array): Result<RpmHeader, string> {
  const blob = parseHeaderBlob(bytes);
  if (!blob.ok) return blob;
  const header = blob.value;
  const texts = readTexts(header);
  if (!texts.ok) return texts;
  const [name, version, release, arch, sourceRpm, modularityLabel, vendor] = texts.value;
  if (name === '') return err('a header without a name');
  const epoch = header.integer(EPOCH);
  if (!epoch.ok) return epoch;
  return ok({
    name,
    epoch: epoch.value ?? 0,
    version,
    release,
    arch,
    sourceRpm,
    modularityLabel,
    vendor,
    signatureKey: signatureKey(header),
    payloadDigest: payloadDigest(header),
    files: () => readFileList(header),
  });
}

type Texts = [string, string, string, string, string, string, string];

function readTexts(header: HeaderBlob): Result<Texts, string> {
  const texts: Texts = ['', '', '', '', '', '', ''];
  for (const [i, tag] of [NAME, VERSION, RELEASE, ARCH, SOURCE_RPM, MODULARITY_LABEL, VENDOR].entries()) {
    const text = header.string(tag);
    if (!text.ok) return text;
    texts[i] = text.value ?? '';
  }
  return ok(texts);
}

/** Describes the package and decides nothing, so that one that does not read is none. */
function payloadDigest(header: HeaderBlob): string {
  const digest = header.string(PAYLOAD_DIGEST);
  const algorithm = header.integer(PAYLOAD_DIGEST_ALGORITHM);
  const name = algorithm.ok ? DIGEST_NAMES[algorithm.value ?? 0] : undefined;
  if (!digest.ok || name === undefined || !/^[0-9a-f]{32,128}$/.test(digest.value ?? '')) return '';
  return `${name}:${digest.value}`;
}
