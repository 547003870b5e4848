import type { Package } from '@clair/model';
import type { EndOfLife } from './end-of-life.ts';
import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';

interface UbuntuRelease {
  readonly version: string;
  readonly codeName: string;
  readonly date: string;
  /** The last day of Expanded Security Maintenance, which subscribers of Ubuntu Pro get and the feed knows. */
  readonly proDate?: string;
}

/** @see https://wiki.ubuntu.com/Releases, and https://salsa.debian.org/debian/distro-info-data for the days */
const RELEASES: readonly UbuntuRelease[] = [
  { version: '8.04', codeName: 'hardy', date: '2013-05-09' },
  { version: '8.10', codeName: 'intrepid', date: '2010-04-30' },
  { version: '9.04', codeName: 'jaunty', date: '2010-10-23' },
  { version: '9.10', codeName: 'karmic', date: '2011-04-30' },
  { version: '10.04', codeName: 'lucid', date: '2015-04-30' },
  { version: '10.10', codeName: 'maverick', date: '2012-04-10' },
  { version: '11.04', codeName: 'natty', date: '2012-10-28' },
  { version: '11.10', codeName: 'oneiric', date: '2013-05-09' },
  { version: '12.04', codeName: 'precise', date: '2017-04-28', proDate: '2019-04-26' },
  { version: '12.10', codeName: 'quantal', date: '2014-05-16' },
  { version: '13.04', codeName: 'raring', date: '2014-01-27' },
  { version: '13.10', codeName: 'saucy', date: '2014-07-17' },
  { version: '14.04', codeName: 'trusty', date: '2019-04-25', proDate: '2024-04-25' },
  { version: '14.10', codeName: 'utopic', date: '2015-07-23' },
  { version: '15.04', codeName: 'vivid', date: '2016-02-04' },
  { version: '15.10', codeName: 'wily', date: '2016-07-28' },
  { version: '16.04', codeName: 'xenial', date: '2021-04-30', proDate: '2026-04-23' },
  { version: '16.10', codeName: 'yakkety', date: '2017-07-20' },
  { version: '17.04', codeName: 'zesty', date: '2018-01-13' },
  { version: '17.10', codeName: 'artful', date: '2018-07-19' },
  { version: '18.04', codeName: 'bionic', date: '2023-05-31', proDate: '2028-04-26' },
  { version: '18.10', codeName: 'cosmic', date: '2019-07-18' },
  { version: '19.04', codeName: 'disco', date: '2020-01-23' },
  { version: '19.10', codeName: 'eoan', date: '2020-07-17' },
  { version: '20.04', codeName: 'focal', date: '2025-05-29', proDate: '2030-04-23' },
  { version: '20.10', codeName: 'groovy', date: '2021-07-22' },
  { version: '21.04', codeName: 'hirsute', date: '2022-01-20' },
  { version: '21.10', codeName: 'impish', date: '2022-07-14' },
  { version: '22.04', codeName: 'jammy', date: '2027-06-01', proDate: '2032-04-21' },
  { version: '22.10', codeName: 'kinetic', date: '2023-07-20' },
  { version: '23.04', codeName: 'lunar', date: '2024-01-25' },
  { version: '23.10', codeName: 'mantic', date: '2024-07-11' },
  { version: '24.04', codeName: 'noble', date: '2029-05-31', proDate: '2034-04-25' },
  { version: '24.10', codeName: 'oracular', date: '2025-07-10' },
  { version: '25.04', codeName: 'plucky', date: '2026-01-15' },
  { version: '25.10', codeName: 'questing', date: '2026-07-09' },
  { version: '26.04', codeName: 'resolute', date: '2031-05-29', proDate: '2036-04-23' },
];

/** A release ends with its standard security maintenance. */
export const ubuntu: KnownDistribution = {
  did: 'ubuntu',
  title: 'Ubuntu',
  packageType: 'deb',
  scheme: 'dpkg',
  namespace,
  streamOf,
  advisories: 'read',
  endOfLife: RELEASES.map(endOfLife),
};

/** In the version (`3.0.2-0ubuntu1.12+Fips1`, `1.1.1f-1ubuntu2.fips.19`), or in the name of the source (`linux-fips`). */
const FIPS_VERSION = /[.+~]fips\.?\d/i;
const FIPS_SOURCE = /(?:^|-)fips(?:-|$)/;

/**
 * The builds of Ubuntu Pro's FIPS archives are fixed on their own. Their versions do not compare with those of the release: `fips` sorts
 * after every digit, so that a build would pass for newer than any fix.
 */
function streamOf({ source }: Pick<Package, 'source'>): string {
  return FIPS_VERSION.test(source.version) || FIPS_SOURCE.test(source.name) ? 'fips' : '';
}

/** `22.04` and `22.04.3` are one release. */
function namespace({ versionId, versionCodeName }: DistributionIdentity): string {
  const version = /^(\d{1,2}\.\d{2})(\.\d+)*$/.exec(versionId)?.[1];
  if (version !== undefined) return `ubuntu:${version}`;
  if (versionId !== '') return '';
  const named = RELEASES.find(({ codeName }) => codeName === versionCodeName);
  return named === undefined ? '' : `ubuntu:${named.version}`;
}

function endOfLife({ version, date, proDate }: UbuntuRelease): EndOfLife {
  const release = `ubuntu:${version}`;
  return proDate === undefined
    ? { release, date }
    : { release, date, note: `Ubuntu Pro brings fixes until ${proDate}` };
}
