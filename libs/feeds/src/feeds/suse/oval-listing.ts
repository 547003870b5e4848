import { err, ok, type Result } from '@clair/model';
import type { FeedPlan, Partition } from '../../feed.ts';
import { releasesOfMajor } from './service-packs.ts';

/** Server 15 with unfixed flaws was about 40 MB as transferred and 1 GB as text in 2025. */
const DOCUMENT_BYTES_MAX = 2_000_000_000;
const HREF = /href="([^"]+)"/gi;
/** What a file is about, whether it has the unfixed flaws, and how it is compressed. `-patch` (by bulletin) and `-sp5` do not fit. */
const FILE = /^((?:suse|opensuse)[a-z.]*?)(?:\.(\d+(?:\.\d+)?))?(-affected)?\.xml(\.gz|\.bz2)?$/;
/** The oldest release of the server whose images exist. */
const SERVER_MIN = 11;

interface ListedFile {
  readonly file: string;
  readonly product: string;
  readonly version: string;
  /** The best of several about the same is taken: with unfixed flaws, then the smallest to transfer. */
  readonly rank: number;
}

/** The partitions that the directory has files for. The error says that it lists none. */
export function readListing(html: string, folder: string): Result<FeedPlan, string> {
  const best = new Map<string, ListedFile>();
  for (const [, href = ''] of html.matchAll(HREF)) {
    const file = listedFile(href.slice(href.lastIndexOf('/') + 1));
    if (file === undefined || namespacesOf(file) === undefined) continue;
    const key = `${file.product}.${file.version}`;
    if ((best.get(key)?.rank ?? -1) < file.rank) best.set(key, file);
  }
  const partitions = [...best.values()]
    .filter((file) => !isPartOfAnother(file, best))
    .map((file) => partitionOf(file, folder));
  if (partitions.length === 0) return err(`${folder} lists no OVAL document of a product that is covered`);
  return ok({ kind: 'partitions', partitions });
}

/** What there is for certain, asked for where the directory cannot be listed. */
export function knownPartitions(folder: string): readonly Partition[] {
  const files = [
    'suse.linux.enterprise.server.12-affected.xml.gz',
    'suse.linux.enterprise.server.15-affected.xml.gz',
    'suse.linux.enterprise.micro.5-affected.xml.gz',
    'opensuse.leap.15.5-affected.xml.gz',
    'opensuse.leap.15.6-affected.xml.gz',
    'opensuse.tumbleweed-affected.xml.gz',
  ];
  return files.flatMap((file) => {
    const listed = listedFile(file);
    if (listed === undefined) return [];
    const { request, ...partition } = partitionOf(listed, folder);
    return [{ ...partition, request: { ...request, absentIsFine: true } }];
  });
}

function listedFile(file: string): ListedFile | undefined {
  const [, product, version = '', affected, compression] = FILE.exec(file) ?? [];
  if (product === undefined) return undefined;
  const rank = (affected === undefined ? 0 : 3) + (compression === '.gz' ? 2 : compression === '.bz2' ? 1 : 0);
  return { file, product, version, rank };
}

/** The namespaces that a file of that product speaks for; `undefined` when the product is none of those covered. */
function namespacesOf({ product, version }: ListedFile): readonly string[] | undefined {
  const hasMinor = version.includes('.');
  switch (product) {
    case 'suse.linux.enterprise.server': {
      if (version === '' || Number(version) < SERVER_MIN) return undefined;
      return hasMinor ? [`sles:${version}`] : releasesOfMajor(Number(version)).map((release) => `sles:${release}`);
    }
    case 'suse.linux.enterprise.micro':
      if (version === '') return undefined;
      return hasMinor
        ? [`sle-micro:${version}`]
        : ['0', '1', '2', '3', '4', '5'].map((minor) => `sle-micro:${version}.${minor}`);
    case 'suse.linux.micro':
      return hasMinor ? [`sl-micro:${version}`] : undefined;
    case 'opensuse.leap':
      return hasMinor ? [`opensuse-leap:${version}`] : undefined;
    case 'opensuse.tumbleweed':
      return version === '' ? ['opensuse-tumbleweed'] : undefined;
    default:
      return undefined;
  }
}

/** A file of one minor version is in the file of its major version, where there is one. */
function isPartOfAnother({ product, version }: ListedFile, files: ReadonlyMap<string, ListedFile>): boolean {
  const [major, minor] = version.split('.');
  return minor !== undefined && files.has(`${product}.${major}`);
}

function partitionOf(file: ListedFile, folder: string): Partition {
  const name = file.version === '' ? file.product : `${file.product}.${file.version}`;
  const request = { url: `${folder}${file.file}`, bytesMax: DOCUMENT_BYTES_MAX };
  return { name: name.replace(/^suse\.linux\./, ''), namespaces: namespacesOf(file) ?? [], request };
}
