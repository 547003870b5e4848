import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createRandom, type Random } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { maven } from './index.ts';

const VERSIONS = 6_000;
/** So that the arguments of one call stay far below what a command line may hold. */
const VERSIONS_PER_CALL = 1_000;
const CLASS = 'org.apache.maven.artifact.versioning.ComparableVersion';

/** The library of Maven 3.9 in the local repository of this machine, or in Maven's own folder. */
function mavenArtifactJar(): string | undefined {
  const repository = join(homedir(), '.m2/repository/org/apache/maven/maven-artifact');
  const folders = existsSync(repository) ? readdirSync(repository).filter((name) => name.startsWith('3.9.')) : [];
  const library = join(process.env.MAVEN_HOME ?? '', 'lib');
  const own = existsSync(library) ? readdirSync(library).filter((name) => name.startsWith('maven-artifact-3.9.')) : [];
  return [
    ...folders.map((version) => join(repository, version, `maven-artifact-${version}.jar`)),
    ...own.map((name) => join(library, name)),
  ].find((path) => existsSync(path));
}

const jar = mavenArtifactJar();

/** Maven's order of each version to the next: `<`, `==` or `>`. */
function mavenOrders(versions: readonly string[]): readonly string[] | undefined {
  const run = spawnSync('java', ['-cp', jar ?? '', CLASS, ...versions], { encoding: 'utf8' });
  if (run.status !== 0) return undefined;
  return Array.from(run.stdout.matchAll(/^ {3}\S+ (<|==|>) \S+$/gm), ([, sign = '']) => sign);
}

function ourOrder(a: string, b: string): string {
  const left = maven.parse(a);
  const right = maven.parse(b);
  if (!left.ok || !right.ok) return 'malformed';
  return { '-1': '<', '0': '==', '1': '>' }[String(Math.sign(maven.compare(left.value, right.value)) + 0)] ?? '';
}

/**
 * As artefacts are called: numbers, and qualifiers at their end, often nearly equal. Left out is what Maven 3.9 has no order for (README):
 * a qualifier after a full stop with more behind it, and a number behind `GA`.
 */
function version(random: Random): string {
  const numbers = random.pick(['1', '1', '1.0', '1.0.0', '1.0.1', '1.1', '01.0', '0', '0.1', '1.10']);
  const word = random.pick(['alpha', 'b', 'Beta', 'M', 'milestone', 'rc', 'CR', 'SP', 'jre', 'Foo', 'x', 'redhat']);
  const suffix = random.pick([
    '',
    random.pick(['.Final', '-GA', '.RELEASE', '-0', '-1', '-2.1', '-10', '.jre', '-SNAPSHOT', '.x']),
    `${random.pick(['-', '.', ''])}${word}${random.pick(['1', '2', '10', '01'])}`,
    `-${word}${random.pick(['', '-1', '.2', '-10', '-SNAPSHOT', '1-SNAPSHOT', '-1.1'])}`,
  ]);
  return `${numbers}${suffix}`;
}

const knowsMaven = jar !== undefined && mavenOrders(['1', '2'])?.[0] === '<';

describe.skipIf(!knowsMaven)(
  `beside the Maven 3.9 of this machine${knowsMaven ? '' : ' (skipped: there is none)'}`,
  () => {
    it('orders alike what artefacts are called', () => {
      const random = createRandom(20_261_124);
      const seen = new Set<string>();
      const different: string[] = [];
      for (let done = 0; done < VERSIONS; done += VERSIONS_PER_CALL) {
        const versions = Array.from({ length: VERSIONS_PER_CALL }, () => version(random));
        const theirs = mavenOrders(versions) ?? [];
        expect(theirs).toHaveLength(versions.length - 1);
        for (const [i, their] of theirs.entries()) {
          const [a = '', b = ''] = versions.slice(i);
          const ours = ourOrder(a, b);
          seen.add(their);
          if (ours !== their) different.push(`${a} ${ours} ${b}, Maven ${their}`);
        }
      }
      expect(different).toEqual([]);
      expect(seen).toEqual(new Set(['<', '==', '>']));
    });

    it.each([
      ['1.0.alpha.1', '1', '1-1'],
      ['1-alpha', '1', '1.sp.1'],
      ['1-0.alpha', '1', '1-sp'],
    ])('has no order for %s, %s and %s; we do', (a, b, c) => {
      expect([mavenOrders([a, b, c]), mavenOrders([c, a])]).toEqual([['<', '<'], ['<']]);
      expect([ourOrder(a, b), ourOrder(b, c), ourOrder(c, a)]).toEqual(['<', '<', '>']);
    });
  },
);
