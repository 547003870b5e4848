import { err, ok, type Result } from '@clair/model';
import type { Partition } from '../../feed.ts';
import { isJsonObject } from '../../json-fields.ts';

/** A release of Ubuntu: `noble`, 24.04. */
export interface Series {
  readonly codename: string;
  readonly version: string;
}

/** Canonical has published OVAL since 12.04; nothing older is asked for. */
const FIRST_VERSION = '12.04';
/** A release was 10 MB compressed in 2026, 200 MB and more when it is not. */
const DOCUMENT_BYTES_MAX = 500_000_000;
const SERIES_MAX = 500;

const CODENAME = /^[a-z]{2,40}$/;
const VERSION = /^[0-9]{1,2}\.(?:04|06|10)$/;
/** Series that are names only, so far. */
const UNBORN = new Set(['Future', 'Experimental']);

/** For a mirror without a list of series: what there was by November 2026. @see https://documentation.ubuntu.com/project/release-team/list-of-releases/ */
export const FALLBACK_SERIES: readonly Series[] = [
  ['precise', '12.04'],
  ['quantal', '12.10'],
  ['raring', '13.04'],
  ['saucy', '13.10'],
  ['trusty', '14.04'],
  ['utopic', '14.10'],
  ['vivid', '15.04'],
  ['wily', '15.10'],
  ['xenial', '16.04'],
  ['yakkety', '16.10'],
  ['zesty', '17.04'],
  ['artful', '17.10'],
  ['bionic', '18.04'],
  ['cosmic', '18.10'],
  ['disco', '19.04'],
  ['eoan', '19.10'],
  ['focal', '20.04'],
  ['groovy', '20.10'],
  ['hirsute', '21.04'],
  ['impish', '21.10'],
  ['jammy', '22.04'],
  ['kinetic', '22.10'],
  ['lunar', '23.04'],
  ['mantic', '23.10'],
  ['noble', '24.04'],
  ['oracular', '24.10'],
  ['plucky', '25.04'],
  ['questing', '25.10'],
  ['resolute', '26.04'],
  ['stonking', '26.10'],
].map(([codename = '', version = '']) => ({ codename, version }));

/**
 * The series of Launchpad's collection, oldest first, from 12.04 on. The error says what is wrong with the document.
 * @see https://launchpad.net/+apidoc/1.0.html#distro_series
 */
export function seriesOfCollection(text: string): Result<readonly Series[], string> {
  const entries = entriesOf(text);
  if (entries === undefined) return err('the list of series is no JSON object with entries');
  if (entries.length > SERIES_MAX) return err(`the list names ${entries.length} series`);
  const byCodename = new Map<string, Series>();
  for (const entry of entries) {
    if (!isJsonObject(entry) || UNBORN.has(String(entry.status))) continue;
    const { name, version } = entry;
    if (typeof name !== 'string' || !CODENAME.test(name)) continue;
    if (typeof version !== 'string' || !VERSION.test(version)) continue;
    if (compareVersions(version, FIRST_VERSION) >= 0) byCodename.set(name, { codename: name, version });
  }
  if (byCodename.size === 0) return err('the list names no series since 12.04 (name, version, status)');
  return ok([...byCodename.values()].sort((a, b) => compareVersions(a.version, b.version)));
}

/** A partition for each series. Not every one is published (interim releases are taken away some time after their end): absent is fine. */
export function partitionsOfSeries(ovalUrl: string, series: readonly Series[]): Partition[] {
  const base = ovalUrl.endsWith('/') ? ovalUrl : `${ovalUrl}/`;
  return series.map(({ codename, version }) => ({
    name: codename,
    namespaces: [`ubuntu:${version}`],
    request: {
      url: `${base}com.ubuntu.${codename}.cve.oval.xml.bz2`,
      bytesMax: DOCUMENT_BYTES_MAX,
      absentIsFine: true,
    },
  }));
}

function entriesOf(text: string): readonly unknown[] | undefined {
  try {
    const document: unknown = JSON.parse(text);
    return isJsonObject(document) && Array.isArray(document.entries) ? document.entries : undefined;
  } catch {
    return undefined;
  }
}

function compareVersions(a: string, b: string): number {
  return Number(a) - Number(b);
}
