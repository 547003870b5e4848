import { ecosystemOfNamespace, type Package, packageKey } from '@clair/model';
import { contentOf, SCANNERS, scannedFile } from '@clair/scanners';
import { archiveTexts, sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { readSbom } from './read-sbom.ts';
import type { SbomInventory } from './sbom-inventory.ts';

/**
 * Documents that tools have written about real images: two tools about one image must give the same packages, and so must
 * a document and the package database of its image. Skipped where the data sets are not beside the repository.
 */
const selection = sharedData('sboms/bom-shelter-raw-selection.tar.zst');
const wild = sharedData('sboms/bom-shelter-in-the-wild.tar.zst');
const images = sharedData('cases/images.tar.zst');
const isThere = selection !== undefined && wild !== undefined && images !== undefined;
const TIMEOUT_MS = 120_000;

function read(text: string): SbomInventory {
  const result = readSbom(JSON.parse(text));
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

/** Without the architecture, which Trivy did not write for deb and apk at the time. */
const line = (p: Package) => [p.namespace, p.name, p.version, p.module, p.source.name, p.source.version].join(' ');
/** The tools look for packages of languages in different places. */
const ofDistribution = ({ inventory }: SbomInventory) =>
  inventory.packages.filter(({ namespace }) => ecosystemOfNamespace(namespace) === undefined);
const reasons = ({ unmatched }: SbomInventory) => new Set(unmatched.map(({ reason }) => reason));
const REASON = /^packages of type (?:generic|github|luarocks) are not matched|a signing key|no package URL|no version/;

describe.skipIf(!isThere)('documents of the data sets', () => {
  it(
    'of Syft and of Trivy give the same packages for an image',
    () => {
      const texts = archiveTexts(selection, (path) => path.endsWith('.spdx.json'));
      const differing: string[] = [];
      let packages = 0;
      for (const [path, text] of texts) {
        if (!path.endsWith('.syft.spdx.json')) continue;
        const other = texts.get(path.replace('.syft.', '.trivy.'));
        if (other === undefined) continue;
        const [syft, trivy] = [read(text), read(other)];
        for (const reason of [...reasons(syft), ...reasons(trivy)]) {
          expect(reason).toMatch(REASON);
        }
        const ours = ofDistribution(syft).map(line);
        const theirs = ofDistribution(trivy).map(line);
        packages += ours.length;
        const missing = [...new Set(ours), ...new Set(theirs)].filter(
          (one) => !ours.includes(one) || !theirs.includes(one),
        );
        if (missing.length > 0) differing.push(`${path.split('/').at(-1)?.split('__')[0]}: ${missing.length}`);
      }
      expect(packages).toBeGreaterThan(3000);
      // The first: Syft read 8 of the 26 files of a status.d. The others: Syft lists what its own sourceInfo shows without any
      // file of its own, as packages are that were removed and not purged.
      expect(differing.sort()).toEqual([
        'docker_desktop-kubernetes-proxy: 18',
        'ibmcom_nginx-ingress-controller: 2',
        'kasmweb_agent: 1',
      ]);
    },
    TIMEOUT_MS,
  );

  it.each([
    [
      'debian13.1-vulnflask/syft-sbom.2025-10-11.json',
      'debian13.1-vulnflask/var/lib/dpkg/status',
      'dpkg',
      'debian:13',
      87,
    ],
    [
      'alpine3.23.3-node-tp2sbom/sbom-docker.json',
      'alpine3.23.3-tp2sbom/lib/apk/db/installed',
      'apk',
      'alpine:v3.23',
      18,
    ],
  ])(
    '%s gives the packages of the image itself',
    (document, database, scannerId, namespace, count) => {
      const root = 'reconstructed-rootfs/';
      const texts = archiveTexts(images, (path) => path.endsWith(document) || path.endsWith(root + database));
      const textOf = (end: string) => [...texts].find(([path]) => path.endsWith(end))?.[1] ?? '';
      const scanner = SCANNERS.find(({ id }) => id === scannerId);
      const path = database.slice(database.indexOf('/') + 1);
      const scanned = scanner?.read(scannedFile(path, contentOf(new Uint8Array()), () => textOf(root + database)));
      const expected = scanned?.ok
        ? scanned.value.packages.map((pkg) => packageKey({ ...pkg, namespace, cpes: [], owner: '' }))
        : [];
      expect(expected).toHaveLength(count);
      expect(
        ofDistribution(read(textOf(document)))
          .map(packageKey)
          .sort(),
      ).toEqual(expected.sort());
    },
    TIMEOUT_MS,
  );

  it(
    'of projects are read, or refused for what they are',
    () => {
      const texts = archiveTexts(wild, (path) => path.endsWith('.json'));
      const refused: string[] = [];
      let documents = 0;
      for (const [path, text] of texts) {
        let value: unknown;
        try {
          value = JSON.parse(text);
        } catch {
          continue;
        }
        const result = readSbom(value);
        if (!result.ok) refused.push(path.split('/').at(-1) ?? '');
        else {
          documents += 1;
          const { components, matched, unmatched } = result.value;
          expect(components).toBe(matched + unmatched.length);
        }
      }
      expect(documents).toBeGreaterThan(20);
      // One is a list of files by name, the other a list of lists.
      expect(refused.sort()).toEqual(['bashrc2-sbom-cdx.json', 'scanoss-sbom-cdx.json']);
    },
    TIMEOUT_MS,
  );
});
