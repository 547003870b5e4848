import type { OvalMeaning, OvalTest } from '../../oval/index.ts';
import { isRelease, releasesFrom, releasesOfMajor } from './service-packs.ts';

/** The criterion names the product as people do. Which service pack it is, the release package's version says. */
export const PRODUCT_COMMENT = /^((?:openSUSE|SUSE) .+) is installed$/;
/** Modules and live patches of SLE 12 are for all of its service packs; those of 15 name one. */
const OF_EVERY_SERVICE_PACK = /^SUSE Linux Enterprise (?:Module for .+|Live Patching) (12)$/;

/**
 * What "SUSE Linux Enterprise Module for Basesystem 15 SP5 is installed" means: a namespace of the distribution that the product
 * belongs to. Server, Desktop, HPC, SAP, their LTSS variants, modules and extensions of one service pack are one distribution: they
 * share repositories and differ in what is subscribed to. Undefined for a test whose criterion names no product.
 */
export function productMeaning(test: OvalTest): OvalMeaning | undefined {
  const [releasePackage = ''] = test.names;
  const named = PRODUCT_COMMENT.exec(test.comment)?.[1];
  if (named === undefined) return undefined;
  const [entity, second] = test.state;
  if (entity === undefined || second !== undefined || !['version', 'evr'].includes(entity.name)) {
    return { kind: 'unreadable', reason: `${releasePackage} is asked for more than its version` };
  }
  if (named.startsWith('openSUSE Tumbleweed')) return { kind: 'platform', namespaces: ['opensuse-tumbleweed'] };
  const version = entity.value.replace(/^\d+:/, '').replace(/-.*$/, '');
  const namespaces = namespacesOf(named, { version, operation: entity.operation });
  return namespaces === undefined ? { kind: 'elsewhere', product: named } : { kind: 'platform', namespaces };
}

interface Asked {
  readonly version: string;
  readonly operation: string;
}

function namespacesOf(product: string, { version, operation }: Asked): readonly string[] | undefined {
  if (!isRelease(version) && !/^\d\.\d+$/.test(version)) return undefined;
  const every = OF_EVERY_SERVICE_PACK.exec(product)?.[1];
  if (every !== undefined) return releasesOfMajor(Number(every)).map((release) => `sles:${release}`);
  if (operation === 'greater than or equal' && product.startsWith('SUSE Linux Enterprise Server'))
    return releasesFrom(version)?.map((release) => `sles:${release}`);
  if (operation !== 'equals') return undefined;
  if (/^SUSE Linux Enterprise Micro\b/.test(product)) return [`sle-micro:${version}`];
  if (/^SUSE Linux Micro\b/.test(product)) return [`sl-micro:${version}`];
  if (/^openSUSE Leap Micro\b/.test(product)) return undefined;
  if (/^openSUSE Leap\b/.test(product)) return [`opensuse-leap:${version}`];
  return /^SUSE Linux Enterprise\b/.test(product) && isRelease(version) ? [`sles:${version}`] : undefined;
}
