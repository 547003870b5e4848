import type { Package, SourcePackage } from '@clair/model';
import { distributionById, namespaceOf } from '@clair/scanners';

/** A package as Trivy's reports list it: version, release and epoch apart. Keys in lower case, as the data set has them. */
export interface RecordedPackage {
  readonly name: string;
  readonly version: string;
  readonly release?: string;
  readonly epoch?: number;
  readonly arch?: string;
  readonly src?: string;
  readonly srcversion?: string;
  readonly srcrelease?: string;
  readonly srcepoch?: number;
}

export interface RecordedFinding {
  readonly id: string;
  readonly pkg: string;
  readonly ver: string;
  readonly fixed?: string;
  readonly status?: string;
}

/** What was found in one image on one day, by another scanner. */
export interface RecordedScan {
  readonly title: string;
  /** The day, `2025-10-02`. */
  readonly date: string;
  /** The other scanner's word for the distribution: `redhat`. */
  readonly family: string;
  readonly namespace: string;
  readonly packages: readonly Package[];
  readonly findings: readonly RecordedFinding[];
  /** The packages that the other scanner listed, where {@link packages} are those that a scan of ours found. */
  readonly listed?: readonly Package[];
}

/** `ID` of os-release for the names that Trivy has for distributions. */
const IDS: Readonly<Record<string, string>> = { redhat: 'rhel' };
/** rpm keeps the keys it trusts as packages of this name; no scanner here lists them. */
const KEY_NAME = 'gpg-pubkey';

export interface TargetOfScan {
  readonly title: string;
  readonly date: string;
  readonly family: string;
  /** `VERSION_ID` of os-release. */
  readonly release: string;
}

/** A scan with its packages as a scan of ours would have them. */
export function recordedScan(
  { title, date, family, release }: TargetOfScan,
  packages: readonly RecordedPackage[],
  findings: readonly RecordedFinding[],
): RecordedScan {
  const namespace = namespaceOfRecorded(family, release);
  const ours = packages.filter(({ name }) => name !== KEY_NAME).map((one) => toPackage(one, family, namespace));
  return { title, date, family, namespace, packages: ours, findings };
}

/** The namespace for `redhat 9.7`, `alpine 3.22.0_alpha20250108`. Empty when nobody here knows it. */
export function namespaceOfRecorded(family: string, release: string): string {
  return namespaceOf({ did: IDS[family] ?? family, versionId: release, versionCodeName: '' });
}

function toPackage(one: RecordedPackage, family: string, namespace: string): Package {
  const known = distributionById(IDS[family] ?? family);
  const version = whole(one.epoch, one.version, one.release);
  return {
    name: one.name,
    version,
    type: known?.packageType ?? '',
    scheme: known?.scheme ?? '',
    arch: one.arch ?? '',
    module: '',
    source: sourceOf(one, version, known?.packageType === 'rpm'),
    namespace,
    cpes: [],
    owner: '',
  };
}

/** An rpm's source is named by a file name, which says no epoch: the scanner here takes it over where versions are equal. */
function sourceOf(one: RecordedPackage, version: string, isRpm: boolean): SourcePackage {
  if (!one.src || !one.srcversion) return { name: one.name, version };
  const rpmEpoch = one.srcversion === one.version ? one.epoch : undefined;
  return { name: one.src, version: whole(isRpm ? rpmEpoch : one.srcepoch, one.srcversion, one.srcrelease) };
}

function whole(epoch: number | undefined, version: string, release: string | undefined): string {
  return `${epoch === undefined || epoch === 0 ? '' : `${epoch}:`}${version}${release ? `-${release}` : ''}`;
}
