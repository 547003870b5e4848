import { gzipSync } from 'node:zlib';
import { COMPLETE, type DistributionCase } from '../distribution-case.ts';
import { osRelease } from '../os-release.ts';
import { all, any, earlier, type OvalCriterion, type OvalDefinition, ovalDocument } from '../oval-document.ts';
import { type InstalledPackage, inventoryOf, rpmDatabase } from '../package-databases.ts';

const PACKAGES: readonly InstalledPackage[] = [
  { name: 'openssl', version: '3.0.13-1.ph5', arch: 'x86_64' },
  { name: 'sqlite-libs', version: '3.43.2-1.ph5', arch: 'x86_64', source: 'sqlite-3.43.2-1.ph5' },
  { name: 'vim', version: '9.1.0682-1.ph5', arch: 'x86_64' },
];
const OLD: readonly InstalledPackage[] = [{ name: 'sqlite-libs', version: '3.27.2-4.ph3', arch: 'x86_64' }];

const release = (major: string): OvalCriterion => ({
  comment: `Photon OS ${major} is installed`,
  name: 'photon-release',
  state: `<version operation="pattern match">^${major}[^\\d]</version>`,
});

function bulletin(major: string, number: string, packages: readonly OvalCriterion[]): OvalDefinition {
  const cve = `CVE-2024-8${number.slice(1)}`;
  const metadata =
    `<title>PHSA-2024:0${number} a Security Update. (Important)</title>` +
    `<affected family="unix"><platform>Photon ${major}</platform></affected>` +
    `<reference ref_id="PHSA:0${number}:${major}.0:${number}" ref_url="https://github.com/vmware/photon/wiki/Security-Updates-${major}.0-${number}" source="PHSA"/>` +
    `<reference ref_id="CVE:0${number}:${cve}" ref_url="https://nvd.nist.gov/vuln/detail?vulnId=${cve}" source="CVE"/>` +
    '<description>A flaw.</description><advisory from="photon_security@vmware.com"><severity>Important</severity>' +
    `<issued date="2024-10-23"/><cve>${cve}</cve></advisory>`;
  return { metadata, criteria: all(release(major), any(...packages)) };
}

const oval = (...definitions: readonly OvalDefinition[]): string =>
  ovalDocument({ prefix: 'oval:com.vmware.phsa', class: 'patch', definitions });
const FOLDER = '/photon_oval_definitions/com.vmware.phsa-photon';
const nothing = (major: string): string => oval(bulletin(major, '0001', [earlier('linux', `0:1-1.ph${major}`)]));

export const photon: DistributionCase = {
  name: 'photon',
  feed: {
    id: 'photon',
    options: (url) => ({ url: `${url}/photon_oval_definitions/` }),
    documents: () => ({
      [`${FOLDER}1.xml`]: nothing('1'),
      [`${FOLDER}2.xml`]: nothing('2'),
      [`${FOLDER}3.xml`]: oval(bulletin('3', '0036', [earlier('sqlite-libs', '0:3.27.2-5.ph3')])),
      [`${FOLDER}4.xml`]: nothing('4'),
      // Compressed, under the other of the two names that VMware has had.
      [`${FOLDER}5.xml.gz`]: gzipSync(
        oval(
          bulletin('5', '0100', [earlier('sqlite', '0:3.43.2-2.ph5'), earlier('sqlite-libs', '0:3.43.2-2.ph5')]),
          bulletin('5', '0101', [earlier('openssl', '0:3.0.13-1.ph5')]),
          bulletin('5', '0102', [earlier('vim', '0:9.1.0678-2.ph5')]),
          bulletin('5', '0103', [earlier('vim', '0:9.1.1234-1.ph5')]),
        ),
      ),
    }),
  },
  images: [
    {
      name: 'photon 5',
      files: [
        osRelease({ ID: 'photon', VERSION_ID: '5.0', PRETTY_NAME: 'VMware Photon OS/Linux' }),
        rpmDatabase('sqlite', PACKAGES),
      ],
      packages: inventoryOf(PACKAGES),
      findings: [
        'sqlite-libs.x86_64 3.43.2-1.ph5: PHSA-2024-5.0-0100 affected, fixed, < 0:3.43.2-2.ph5, High',
        'vim.x86_64 9.1.0682-1.ph5: PHSA-2024-5.0-0103 affected, fixed, < 0:9.1.1234-1.ph5, High',
      ],
      coverage: COMPLETE,
    },
    {
      name: 'photon 3, past its end of life',
      files: [
        osRelease({ ID: 'photon', VERSION_ID: '3.0', PRETTY_NAME: 'VMware Photon OS/Linux' }),
        rpmDatabase('berkeley', OLD),
      ],
      packages: inventoryOf(OLD),
      findings: ['sqlite-libs.x86_64 3.27.2-4.ph3: PHSA-2024-3.0-0036 affected, fixed, < 0:3.27.2-5.ph3, High'],
      coverage: {
        verdict: 'partial',
        reasons: [
          'photon:3.0 (Photon OS 3.0) is past its end of life since 2025-10-02: flaws found later are not in its advisories',
        ],
      },
    },
  ],
};
