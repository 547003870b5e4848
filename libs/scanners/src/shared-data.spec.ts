import { readdirSync, readFileSync } from 'node:fs';
import type { ScannedPackage } from '@clair/model';
import { sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { contentOf } from './layer-content.ts';
import { LayerReportBuilder } from './layer-report-builder.ts';
import { SCANNERS } from './registry.ts';
import { resolveInventory } from './resolve-inventory.ts';

/**
 * Real databases, read a second time here in the plainest way: cut at empty lines, one regular expression a field.
 * Skipped where the data sets are not beside the repository.
 */
const root = sharedData('fixtures/pkgdb');

function files(folder: string): readonly { readonly name: string; readonly text: string }[] {
  if (root === undefined) return [];
  return readdirSync(`${root}/${folder}`).map((name) => ({
    name,
    text: readFileSync(`${root}/${folder}/${name}`, 'utf8'),
  }));
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function scan(path: string, text: string): { packages: readonly ScannedPackage[]; problems: readonly string[] } {
  const builder = new LayerReportBuilder({ scanners: SCANNERS, decode });
  const bytes = new TextEncoder().encode(text);
  expect(builder.wants(path)).toBeGreaterThan(0);
  builder.file(path, contentOf(bytes));
  const report = builder.finish({ blobBytes: 0, tarBytes: 0 });
  const [found] = report.files;
  return {
    packages: found?.packages ?? [],
    problems: report.problems.map(({ reason }) => reason),
  };
}

function one(block: string, field: RegExp): string {
  return field.exec(block)?.[1]?.trim() ?? '';
}

function line(p: ScannedPackage): string {
  return [p.name, p.version, p.arch, p.source.name, p.source.version].join(' ');
}

function plainDpkg(text: string, needsStatus: boolean): string[] {
  return text.split(/\n\s*\n/).flatMap((block) => {
    const name = one(block, /^Package:(.*)$/m);
    const version = one(block, /^Version:(.*)$/m);
    const arch = one(block, /^Architecture:(.*)$/m);
    const status = one(block, /^Status:(.*)$/m);
    const installed = status === '' ? !needsStatus : status.endsWith(' installed');
    if (!installed || name === '' || version === '') return [];
    const [, source = name, sourceVersion = version] = /^Source: (\S+)(?: \((.*)\))?$/m.exec(block) ?? [];
    return [[name, version, arch, source, sourceVersion].join(' ')];
  });
}

function plainApk(text: string): string[] {
  return text.split(/\n\s*\n/).flatMap((block) => {
    const name = one(block, /^P:(.*)$/m);
    const version = one(block, /^V:(.*)$/m);
    if (name === '' || version === '') return [];
    return [[name, version, one(block, /^A:(.*)$/m), one(block, /^o:(.*)$/m) || name, version].join(' ')];
  });
}

describe.skipIf(root === undefined)('real package databases', () => {
  const dpkg = files('dpkg').filter(({ name }) => !name.includes('vcpkg'));
  it.each(dpkg)('$name', ({ name, text }) => {
    const isPart = name.includes('status.d_');
    const { packages } = scan(isPart ? 'var/lib/dpkg/status.d/x' : 'var/lib/dpkg/status', text);
    expect(packages.map(line)).toEqual(plainDpkg(text, !isPart));
  });

  it('of vcpkg is refused', () => {
    const [vcpkg] = files('dpkg').filter(({ name }) => name.includes('vcpkg'));
    expect(scan('var/lib/dpkg/status', vcpkg?.text ?? '')).toMatchObject({
      packages: [],
      problems: [expect.stringContaining('vcpkg')],
    });
  });

  // Two of the files are archives of several files, in a text form.
  const apk = files('apk').filter(({ name }) => !name.includes('osduplicate'));
  it.each(apk)('$name', ({ text }) => {
    expect(scan('lib/apk/db/installed', text).packages.map(line)).toEqual(plainApk(text));
  });

  it('give hundreds of packages in all', () => {
    const count = dpkg.reduce((sum, { text }) => sum + scan('dpkg/status', text).packages.length, 0);
    expect(count).toBeGreaterThan(350);
  });
});

describe.skipIf(root === undefined)('real Alpine images', () => {
  it.each([
    { image: 'alpine-310', namespace: 'alpine:v3.10' },
    { image: 'alpine-311', namespace: 'alpine:v3.11' },
  ])('$image', ({ image, namespace }) => {
    const builder = new LayerReportBuilder({ scanners: SCANNERS, decode });
    for (const path of ['etc/alpine-release', 'etc/apk/repositories', 'etc/os-release', 'lib/apk/db/installed']) {
      const bytes = readFileSync(`${root}/alpine-image/${image}/${path}`);
      if (builder.wants(path) === 0) builder.skip(path);
      else builder.file(path, contentOf(bytes));
    }
    const report = builder.finish({ blobBytes: 0, tarBytes: 0 });
    const { packages, distributions, problems } = resolveInventory([{ digest: 'sha256:0', report }]);
    const expected = plainApk(readFileSync(`${root}/alpine-image/${image}/lib/apk/db/installed`, 'utf8'));
    expect(packages.map(line).sort()).toEqual(expected.sort());
    expect(packages.length).toBe(14);
    expect(new Set(packages.map((p) => p.namespace))).toEqual(new Set([namespace]));
    expect(distributions.map((d) => d.namespace)).toEqual([namespace]);
    expect(problems).toEqual([]);
  });
});
