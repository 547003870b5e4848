import type { Distribution } from '@clair/model';
import {
  distributionOf,
  distributionOfNamespace,
  endOfLifeOf,
  type KnownDistribution,
  namespaceOf,
  releaseTitle,
} from '@clair/scanners';
import type { StoredFeed } from '../store/feeds.ts';

const DAY_MS = 86_400_000;

interface Given {
  readonly subject: 'image' | 'document';
  readonly distributions: readonly Distribution[];
  readonly packagesByNamespace: ReadonlyMap<string, number>;
  readonly feeds: readonly Pick<StoredFeed, 'namespaces'>[];
  readonly nowMs: number;
}

/**
 * What the distributions of an image keep its report from saying: that nobody here reads their advisories, that their
 * release is not known, or that it is past its end of life. A sentence each; none for a distribution in good order.
 */
export function distributionReasons(given: Given): string[] {
  const ofImage = given.distributions.flatMap((distribution) => reasonsOf(distribution, given));
  const said = new Set(given.distributions.map(({ namespace }) => namespace));
  // Packages of an inventory without an image say their namespace, and no distribution does.
  const ofPackages = [...given.packagesByNamespace.keys()]
    .filter((namespace) => namespace !== '' && !said.has(namespace))
    .sort()
    .flatMap((namespace) => releaseReasons(distributionOfNamespace(namespace), namespace, given));
  return [...new Set([...ofImage, ...ofPackages])];
}

function reasonsOf(distribution: Distribution, given: Given): string[] {
  const known = distributionOf(distribution);
  if (distribution.namespace !== '') return releaseReasons(known, distribution.namespace, given);
  const name = nameOf(distribution);
  if (known === undefined) {
    return [
      `the distribution ${name === '' ? `of the ${given.subject}` : name} is not supported: nobody here reads its advisories`,
    ];
  }
  if (namespaceOf(distribution) !== '') return [`${name} was not known when the image was indexed: index it again`];
  if (distribution.versionId === '' && distribution.versionCodeName === '') {
    return [`the ${given.subject} does not say which release of ${known.title} it is`];
  }
  return [`${name} is no release of ${known.title} that is known here`];
}

function releaseReasons(known: KnownDistribution | undefined, namespace: string, given: Given): string[] {
  if (known === undefined) return [];
  const title = releaseTitle(known, namespace);
  const reasons: string[] = [];
  if (known.advisories === 'unread' && !given.feeds.some(({ namespaces }) => namespaces.includes(namespace))) {
    reasons.push(`${title} is not supported: nobody here reads its advisories`);
  }
  const end = endOfLifeOf(known, namespace);
  if (end !== undefined && given.nowMs >= Date.parse(end.date) + DAY_MS) {
    const later = end.note === undefined ? 'are not in its advisories' : `may not be in its advisories (${end.note})`;
    reasons.push(`${namespace} (${title}) is past its end of life since ${end.date}: flaws found later ${later}`);
  }
  return reasons;
}

function nameOf({ prettyName, name, version, versionId, did }: Distribution): string {
  return prettyName || [name || did, version || versionId].join(' ').trim();
}
