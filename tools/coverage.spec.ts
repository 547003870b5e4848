import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FEEDS, type Feed, type FeedPlan } from '@clair/feeds';
import { ECOSYSTEMS, ecosystemOfNamespace } from '@clair/model';
import { DISTRIBUTIONS, distributionOf, distributionOfNamespace, type KnownDistribution } from '@clair/scanners';
import { SCHEMES, schemeOf } from '@clair/versions';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const PAGE = readFileSync(join(ROOT, 'docs/coverage.md'), 'utf8');

/** What a source's index says, where not all of its partitions are known before: the least that its feed understands. */
const INDEXES: Readonly<Record<string, string>> = {
  'rhel-vex': 'csaf_vex_2026-01-01.tar.zst\n',
  suse: ['6.0', '6.1'].map((version) => `<a href="suse.linux.micro.${version}-affected.xml.gz"></a>`).join('\n'),
};

/** The namespaces that a feed speaks for, as far as its plan tells without asking the source. */
function spokenFor(feed: Feed): readonly string[] {
  const plan = feed.plan({});
  if (!plan.ok) throw new Error(plan.error);
  const namespaces = [...new Set(namespacesOf(plan.value, feed.id))];
  if (namespaces.length === 0) throw new Error(`${feed.id} says nothing without its index; give this spec a small one`);
  return namespaces;
}

function namespacesOf(plan: FeedPlan, id: string): readonly string[] {
  if (plan.kind === 'several') return plan.plans.flatMap((one) => namespacesOf(one.plan, id));
  if (plan.kind === 'partitions') return plan.partitions.flatMap(({ namespaces }) => namespaces);
  const known = plan.fallback.flatMap(({ namespaces }) => namespaces);
  const text = INDEXES[id];
  if (text === undefined) return known;
  const next = plan.index.read(Buffer.from(text), text);
  if (!next.ok) throw new Error(next.error);
  return [...known, ...namespacesOf(next.value, id)];
}

/** Those of the namespaces that packages of images of the distribution live in. */
function namespacesIn(known: KnownDistribution, namespaces: readonly string[]): readonly string[] {
  return namespaces.filter((namespace) => {
    const release = (namespace.split(':')[1] ?? '').replace(/^v(?=\d)/, '');
    const cpe = `cpe:/o:redhat:enterprise_linux:${release}::coreos`;
    const versionId = release === 'edge' ? '3.99_alpha20990101' : release;
    const identity = { did: known.did, versionId, versionCodeName: '', cpe };
    return distributionOf(identity) === known && known.namespace(identity) === namespace;
  });
}

const SPOKEN = FEEDS.filter((feed) => feed.enriches !== true).map((feed) => ({ feed, namespaces: spokenFor(feed) }));
const READ = DISTRIBUTIONS.filter(({ advisories }) => advisories === 'read');

describe('feeds and distributions', () => {
  const pairs = SPOKEN.flatMap(({ feed, namespaces }) => namespaces.map((namespace) => ({ id: feed.id, namespace })));

  it.each(pairs.filter(({ namespace }) => ecosystemOfNamespace(namespace) === undefined))(
    '$id: packages of some known distribution live in $namespace',
    ({ namespace }) => {
      const known = distributionOfNamespace(namespace);
      expect(known?.advisories).toBe('read');
      expect(Object.keys(SCHEMES)).toContain(known?.scheme);
      expect(known && namespacesIn(known, [namespace])).toEqual([namespace]);
    },
  );

  it.each(READ)('$did, whose advisories are read, is what some feed speaks for', (known) => {
    const feeds = SPOKEN.filter(({ namespaces }) => namespacesIn(known, namespaces).length > 0);
    expect(feeds.map(({ feed }) => feed.id)).not.toEqual([]);
  });
});

/** The first cells of an ecosystem's line, which the registries decide. */
function factsOfEcosystem({ namespace, type, scheme }: (typeof ECOSYSTEMS)[number]): string {
  const feeds = SPOKEN.filter(({ namespaces }) => namespaces.includes(namespace));
  const links = feeds.map(({ feed }) => `[${feed.id}](#${feed.id})`).join(', ') || 'none';
  return `| ${namespace} | \`${type}\` | ${schemeOf(scheme) === undefined ? 'none' : scheme} | ${links} |`;
}

/** The first cells of a distribution's line, which the registries decide. */
function factsOf(known: KnownDistribution): string {
  const feeds = SPOKEN.map(({ feed, namespaces }) => ({ id: feed.id, mine: namespacesIn(known, namespaces) })).filter(
    ({ mine }) => mine.length > 0,
  );
  const releases = [...new Set(feeds.flatMap(({ mine }) => mine))].map((namespace) => namespace.split(':')[1] ?? '');
  const links = feeds.map(({ id }) => `[${id}](#${id})`).join(', ');
  return `| ${known.title} | \`${known.did}\` | ${versionsOf(releases)} | ${known.scheme} | ${links} |`;
}

function versionsOf(releases: readonly string[]): string {
  const named = releases.map((release) => release.replace(/^v(?=\d)/, '')).filter((release) => release !== '');
  if (named.length === 0) return 'rolling';
  const numbered = named.filter((release) => /^\d/.test(release));
  if (numbered.length <= 10) return named.join(', ');
  return [`${numbered[0]} … ${numbered.at(-1)}`, ...named.filter((release) => !numbered.includes(release))].join(', ');
}

function squeezed(text: string): string {
  return text.replace(/ +/g, ' ');
}

describe('docs/coverage.md', () => {
  it.each(READ)('has $did with the releases, the order of versions and the feed that the code has', (known) => {
    expect(squeezed(PAGE).split('\n')).toContain(factsOf(known));
  });

  it.each(ECOSYSTEMS)(
    'has $namespace with the type, the order of versions and the feed that the code has',
    (ecosystem) => {
      const rows = squeezed(PAGE).split('\n');
      expect(rows.filter((row) => row.startsWith(factsOfEcosystem(ecosystem)))).toHaveLength(1);
    },
  );

  it('has no distribution that is not read', () => {
    const types = ECOSYSTEMS.map(({ type }) => type);
    const rows = [...PAGE.matchAll(/^\| [^|]+ \| `([a-z-]+)` +\|/gm)].flatMap(([, did = '']) =>
      types.includes(did) ? [] : [did],
    );
    expect(rows.filter((did) => !READ.some((known) => known.did === did))).toEqual([]);
  });

  it.each(FEEDS)('has a part about the feed $id, with its source, what is compared and what is not covered', (feed) => {
    const part = PAGE.split(/^### /m).find((one) => one.startsWith(`${feed.id}\n`)) ?? '';
    const ofPackages = ['Compared', 'Fix states', 'Architectures', 'Modules'];
    for (const line of ['Source', ...(feed.enriches === true ? ['Gives'] : ofPackages), 'Gaps']) {
      expect(part).toMatch(new RegExp(`^- \\*\\*${line}\\*\\*: \\S`, 'm'));
    }
    expect(part).toMatch(/https:\/\//);
  });

  it.each(DISTRIBUTIONS.filter(({ advisories }) => advisories === 'unread'))('names $title as not covered', (known) => {
    const part = PAGE.split('## Not covered')[1] ?? '';
    expect(part).toContain(known.title);
  });
});
