import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkFile, isTestCode, type Rule } from './layering/check-file.ts';
import { checkManifests, checkRepository } from './layering/check-repository.ts';
import { LAYERS, MAY_IMPORT, tagOf } from './layering/layers.ts';
import type { Workspace, WorkspacePackage } from './layering/workspace.ts';

/** A workspace in which every package declares everything, so that only the rule under test can fail. */
const names = Object.keys(LAYERS).map((folder) => `@clair/${folder.split('/')[1]}`);
const packages = Object.entries(LAYERS).map(([folder, layer]): WorkspacePackage => {
  const own = `@clair/${folder.split('/')[1]}`;
  const dependencies = [...names.filter((name) => name !== own), 'pg'];
  return { folder, name: own, dependencies, devDependencies: [], doors: ['.', './nats'], tags: [tagOf(layer)] };
});
const workspace: Workspace = { packages, rootDependencies: ['vitest', 'esbuild'] };

function rulesBroken(path: string, source: string): Rule[] {
  return checkFile({ path, source }, workspace).map(({ rule }) => rule);
}

/** The canary: each rule, made to fail. `checkFile` must say exactly that rule. */
const BROKEN: readonly (readonly [Rule, string, string])[] = [
  ['unreadable', 'libs/model/src/a.ts', 'const = ;'],
  ['computed-import', 'apps/indexer/src/a.ts', 'const name = "x"; await import(name);'],
  ['layer', 'libs/unheard-of/src/a.ts', 'export {};'],
  ['layer', 'libs/model/src/a.ts', "import { schemeOf } from '@clair/versions';"],
  ['layer', 'libs/versions/src/a.ts', "import type { Feed } from '@clair/feeds';"],
  ['layer', 'libs/scanners/src/a.ts', "import { decide } from '@clair/matching';"],
  ['layer', 'libs/feeds/src/a.ts', "export { SCANNERS } from '@clair/scanners';"],
  ['layer', 'libs/feeds/src/a.ts', "export * from '@clair/oci';"],
  ['layer', 'libs/matching/src/a.ts', "type Bus = import('@clair/bus').EventBus;"],
  ['layer', 'libs/contracts/src/a.ts', "import { FEEDS } from '@clair/feeds';"],
  ['layer', 'libs/oci/src/a.ts', "import { openDatabase } from '@clair/postgres';"],
  ['layer', 'libs/postgres/src/a.ts', "import type { EventBus } from '@clair/bus';"],
  ['layer', 'libs/bus/src/a.ts', "await import('@clair/oci');"],
  ['layer', 'libs/bus/src/a.ts', "import { createLogger } from '@clair/service-kit';"],
  ['layer', 'libs/service-kit/src/a.ts', "import { openDatabase } from '@clair/postgres';"],
  ['layer', 'libs/testing/src/a.ts', "import { parseDigest } from '@clair/model';"],
  ['layer', 'libs/oci/src/a.spec.ts', "import { openDatabase } from '@clair/postgres';"],
  ['layer', 'apps/indexer/src/a.ts', "import { createMatcherService } from '@clair/matcher';"],
  ['layer', 'apps/matcher/src/a.ts', "import { launch } from '@clair/clair';"],
  ['types-only', 'libs/oci/src/a.ts', "import { makeEvent } from '@clair/contracts';"],
  ['types-only', 'libs/postgres/src/a.ts', "import { type CloudEvent, makeEvent } from '@clair/contracts';"],
  ['testing-is-for-tests', 'apps/indexer/src/a.ts', "import { buildTar } from '@clair/testing';"],
  ['testing-is-for-tests', 'libs/model/src/a.ts', "import { assertLadder } from '@clair/testing';"],
  ['deep-import', 'apps/indexer/src/a.ts', "import { parseDigest } from '@clair/model/src/digest.ts';"],
  ['deep-import', 'tools/a.ts', "import { parseDigest } from '@clair/model/src/digest.ts';"],
  ['self-import', 'libs/model/src/a.ts', "import { ok } from '@clair/model';"],
  ['relative-outside-package', 'libs/bus/src/a.ts', "import { ok } from '../../model/src/index.ts';"],
  ['relative-outside-package', 'libs/bus/src/a.spec.ts', "import { ok } from '../../model/src/index.ts';"],
  ['relative-outside-package', 'apps/indexer/src/grpc/a.ts', "import { x } from '../../../matcher/src/index.ts';"],
  ['relative-outside-package', 'examples/demo/a.ts', "import { ok } from '../../libs/model/src/index.ts';"],
  ['test-code-in-product', 'libs/bus/src/a.ts', "import { deleted } from './bus.contract.ts';"],
  ['test-code-in-product', 'apps/notifier/src/a.ts', "import { sample } from './testing/sample.ts';"],
  ['undeclared-dependency', 'libs/bus/src/a.ts', "import { connect } from 'nats';"],
  ['undeclared-dependency', 'libs/bus/src/a.ts', "import { it } from 'vitest';"],
  ['undeclared-dependency', 'libs/bus/src/a.spec.ts', "import { connect } from 'nats/lib/x.js';"],
  ['undeclared-dependency', 'tools/a.ts', "import { connect } from 'nats';"],
  ['domain-npm-package', 'libs/feeds/src/a.ts', "import { Client } from 'pg';"],
  ['domain-node-builtin', 'libs/feeds/src/a.ts', "import { readFile } from 'node:fs/promises';"],
  ['domain-node-builtin', 'libs/feeds/src/a.ts', "import { readFile } from 'fs';"],
  ['domain-impure', 'libs/matching/src/a.ts', 'const nowMs = Date.now();'],
  ['domain-impure', 'libs/matching/src/a.ts', "const nowMs = Date['now']();"],
  ['domain-impure', 'libs/matching/src/a.ts', 'const now = new Date();'],
  ['domain-impure', 'libs/matching/src/a.ts', 'const now = new Date;'],
  ['domain-impure', 'libs/matching/src/a.ts', 'const now = Date();'],
  ['domain-impure', 'libs/matching/src/a.ts', 'const die = [Math.random()];'],
  ['domain-impure', 'libs/scanners/src/a.ts', 'export const home = () => process.env.HOME;'],
  ['domain-impure', 'libs/scanners/src/a.ts', "export const page = fetch('http://localhost');"],
  ['domain-impure', 'libs/scanners/src/a.ts', 'export const sender = { fetch };'],
  ['domain-impure', 'libs/scanners/src/a.ts', "const f = globalThis['fetch'];"],
  ['domain-impure', 'libs/versions/src/a.ts', 'setTimeout(() => undefined, 1);'],
  ['domain-impure', 'libs/model/src/a.ts', "console.log('x');"],
];

describe('each rule can fail', () => {
  it.each(BROKEN)('%s: %s: %s', (rule, path, source) => {
    expect(rulesBroken(path, source)).toEqual([rule]);
  });

  it('and none is without such a proof', () => {
    const all: Record<Rule, true> = {
      unreadable: true,
      'computed-import': true,
      'relative-outside-package': true,
      'test-code-in-product': true,
      'deep-import': true,
      'self-import': true,
      layer: true,
      'types-only': true,
      'testing-is-for-tests': true,
      'undeclared-dependency': true,
      'domain-npm-package': true,
      'domain-node-builtin': true,
      'domain-impure': true,
    };
    expect(new Set(BROKEN.map(([rule]) => rule))).toEqual(new Set(Object.keys(all)));
  });

  it('for every arrow between packages that is not drawn', () => {
    for (const from of packages) {
      for (const to of packages) {
        if (from === to || to.folder === 'libs/testing') continue;
        const rules = rulesBroken(`${from.folder}/src/a.ts`, `import type { X } from '${to.name}';`);
        expect([from.folder, to.folder, rules]).toEqual([
          from.folder,
          to.folder,
          MAY_IMPORT[from.folder]?.includes(to.folder) ? [] : ['layer'],
        ]);
      }
    }
  });
});

describe('what is allowed passes', () => {
  it.each([
    ['libs/versions/src/a.ts', "import { err } from '@clair/model';"],
    ['libs/matching/src/a.ts', "import { schemeOf } from '@clair/versions'; import { FEEDS } from '@clair/feeds';"],
    ['libs/bus/src/a.ts', "import { makeEvent } from '@clair/contracts'; import { createHash } from 'node:crypto';"],
    ['libs/oci/src/a.ts', "import type { CloudEvent } from '@clair/contracts';"],
    ['libs/oci/src/a.ts', "import { type CloudEvent } from '@clair/contracts';"],
    ['libs/bus/src/schemes/a.ts', "import { b } from '../b.ts';"],
    ['libs/model/src/a.spec.ts', "import { it } from 'vitest'; import { assertLadder } from '@clair/testing';"],
    ['libs/model/src/a.spec.ts', "import { readFileSync } from 'node:fs'; const now = Date.now();"],
    ['libs/bus/src/a.int.spec.ts', "import { startNatsServer } from '@clair/testing/nats';"],
    ['libs/bus/src/a.spec.ts', "import { deleted } from './bus.contract.ts';"],
    ['apps/clair/src/a.ts', "import { createMatcherService } from '@clair/matcher';"],
    ['apps/clairctl/src/a.ts', "import { launch } from '@clair/clair';"],
    ['apps/indexer/src/a.ts', 'const nowMs = Date.now();'],
    ['examples/demo/a.ts', "import { launch } from '@clair/clair'; import { buildTar } from '@clair/testing';"],
    ['tools/a.ts', "import { build } from 'esbuild'; import { x } from './layering/x.ts';"],
    ['libs/model/src/a.ts', "const text = 'Date.now() and fetch'; // process.env, new Date()"],
    ['libs/model/src/a.ts', 'const at = new Date(0); const ms = Date.parse("2024-01-01");'],
    ['libs/model/src/a.ts', 'interface Feed { fetch: string; process(): void } const x = { fetch: 1 }; x.fetch;'],
  ])('%s: %s', (path, source) => {
    expect(rulesBroken(path, source)).toEqual([]);
  });
});

it('says file and line', () => {
  const source = "import { ok } from './b.ts';\n\nexport const die = ok(\n  Math.random(),\n);\n";
  expect(checkFile({ path: 'libs/model/src/a.ts', source }, workspace)).toEqual([
    {
      file: 'libs/model/src/a.ts',
      line: 4,
      what: 'domain code uses Math.random: take it as an argument',
      rule: 'domain-impure',
    },
  ]);
});

it.each([
  ['libs/bus/src/bus.contract.ts', true],
  ['libs/bus/src/x.int.spec.ts', true],
  ['apps/notifier/src/testing/sample.ts', true],
  ['apps/notifier/test/x.ts', true],
  ['libs/testing/src/index.ts', false],
  ['libs/bus/src/bus.ts', false],
])('test code: %s: %s', (path, expected) => {
  expect(isTestCode(path)).toBe(expected);
});

describe('package.json', () => {
  const model = packages[0];
  it('may not depend on what the sources may not import', () => {
    if (model === undefined) throw new Error('no packages');
    const honest = packages.map((one) => ({
      ...one,
      dependencies: one.dependencies.filter((name) =>
        MAY_IMPORT[one.folder]?.includes(packages.find((other) => other.name === name)?.folder ?? ''),
      ),
    }));
    expect(checkManifests({ ...workspace, packages: honest })).toEqual([]);
    const bad = { ...model, dependencies: ['@clair/bus'] };
    const withTarget = [...honest.filter((one) => one.folder !== model.folder), bad];
    expect(checkManifests({ ...workspace, packages: withTarget })).toMatchObject([{ file: 'libs/model/package.json' }]);
  });

  it('has the tag of its layer, and a layer', () => {
    const tagless = { ...packages.find((one) => one.folder === 'libs/testing'), tags: [] } as WorkspacePackage; // Safety: it is there.
    expect(checkManifests({ ...workspace, packages: [{ ...tagless, dependencies: [] }] })).toHaveLength(1);
    expect(checkManifests({ ...workspace, packages: [{ ...tagless, folder: 'libs/new' }] })).toHaveLength(1);
  });
});

describe('a repository with one bad file', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'layering-'));
    write('package.json', '{"devDependencies":{"vitest":"1"}}');
    write('libs/model/package.json', '{"name":"@clair/model","exports":{".":"x"},"nx":{"tags":["type:domain"]}}');
    write('libs/model/src/good.ts', 'export const one = 1;');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  it('is found out, however deep the file is', () => {
    expect(checkRepository(root)).toEqual({ files: 1, violations: [] });
    write('libs/model/src/deep/er/bad.ts', "import fs from 'node:fs';");
    write('libs/model/node_modules/x/src/ignored.ts', "import fs from 'node:fs';");
    const { files, violations } = checkRepository(root);
    expect(files).toBe(2);
    expect(violations).toMatchObject([{ file: 'libs/model/src/deep/er/bad.ts', line: 1, rule: 'domain-node-builtin' }]);
  });
});
