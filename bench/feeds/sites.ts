import { copyFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { REPOSITORY_ROOT, sharedData } from '@clair/testing';
import { run, unpack, write } from './command.ts';
import { enrichmentSites, osvSite } from './language-sites.ts';
import { redHatSites } from './red-hat-sites.ts';
import { readSecdbYaml } from './secdb-yaml.ts';
import type { Site } from './site.ts';
import { ubuntuSite } from './ubuntu-site.ts';

/** Every site whose documents are on this machine, laid out below `root`; of the others the reason why not. */
export function layOutSites(root: string): { readonly sites: readonly Site[]; readonly absent: readonly string[] } {
  const makers: Readonly<Record<string, (directory: string) => readonly Site[]>> = {
    debian: debianSite,
    alpine: alpineSite,
    ubuntu: ubuntuSite,
    almalinux: almaSite,
    rocky: rockySite,
    'rhel-vex': redHatSites,
    oracle: oracleSite,
    suse: suseSite,
    photon: photonSite,
    'azure-linux': azureSite,
    wolfi: (directory) => secdbSite(directory, 'wolfi'),
    chainguard: (directory) => secdbSite(directory, 'chainguard'),
    aws: awsSite,
    osv: (directory) => osvSite(directory, dataFile),
    enrichments: (directory) => enrichmentSites(directory, dataFile),
  };
  const sites: Site[] = [];
  const absent: string[] = [];
  for (const [feed, make] of Object.entries(makers)) {
    try {
      sites.push(...make(join(root, feed)));
    } catch (error) {
      absent.push(`${feed}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { sites, absent };
}

/** A file of the data beside the repository; throws when it is not there. */
export function dataFile(path: string): string {
  const found = sharedData(path);
  if (found === undefined) throw new Error(`${path} is not beside the repository`);
  return found;
}

function debianSite(directory: string): readonly Site[] {
  const document = run('zstd', ['-dc', dataFile('feeds/debian-tracker-derived/json.zst')]).toString();
  write(join(directory, 'site/tracker/data/json'), document);
  write(join(directory, 'changed/tracker/data/json'), document.replace(/("fixed_version": ?"[^"]+)"/, '$1+changed"'));
  return [
    {
      name: 'debian',
      feed: 'debian',
      data: 'derived from DSA/DLA and scans; half the size of the tracker',
      options: (url) => ({ json_url: `${url}/tracker/data/json` }),
      directory: join(directory, 'site'),
      change: { directory: join(directory, 'changed'), what: '1 fixed version' },
    },
  ];
}

/** The branches are kept as YAML in git and served as JSON. */
function alpineSite(directory: string): readonly Site[] {
  unpack(dataFile('feeds/alpine-secdb/alpine-secdb-2020-06.tar.zst'), join(directory, 'git'));
  for (const file of globSync('v*/*.yaml', { cwd: join(directory, 'git') })) {
    const document = readSecdbYaml(readFileSync(join(directory, 'git', file), 'utf8'));
    const json = file.replace('.yaml', '.json');
    write(join(directory, 'site', json), JSON.stringify(document));
    if (json !== 'v3.11/main.json') continue;
    write(join(directory, 'changed', json), JSON.stringify({ ...document, packages: document.packages.slice(1) }));
  }
  return [
    {
      name: 'alpine',
      feed: 'alpine',
      data: 'v3.3 – v3.11, complete, 2020-06',
      options: (url) => ({ url: `${url}/` }),
      directory: join(directory, 'site'),
      change: { directory: join(directory, 'changed'), what: '1 package of v3.11/main gone' },
    },
  ];
}

function almaSite(directory: string): readonly Site[] {
  unpack(dataFile('feeds/alma-osv/alma-osv.tar.zst'), join(directory, 'git'));
  const site = join(directory, 'site');
  mkdirSync(site, { recursive: true });
  for (const file of globSync('advisories/*/*.json', { cwd: join(directory, 'git') })) {
    copyFileSync(join(directory, 'git', file), join(site, basename(file)));
  }
  run('zip', ['-qr', 'all.zip', '.'], { cwd: site });
  write(join(site, 'modified_id.csv'), '');
  const changed = readFileSync(join(site, 'ALSA-2025:10073.json'), 'utf8');
  write(join(directory, 'changed/ALSA-2025:10073.json'), changed.replace(/("fixed": ?"[^"]+)"/, '$1.changed"'));
  write(join(directory, 'changed/modified_id.csv'), `${new Date().toISOString()},ALSA-2025:10073\n`);
  return [
    {
      name: 'almalinux',
      feed: 'almalinux',
      data: '8, 9 and 10, complete, 2026-08',
      options: (url) => ({ url: `${url}/all.zip` }),
      directory: join(directory, 'site'),
      change: { directory: join(directory, 'changed'), what: '1 fixed version' },
    },
  ];
}

function rockySite(directory: string): readonly Site[] {
  const lines = run('zstd', ['-dc', dataFile('feeds/osv-mixed/osv-mixed.jsonl.zst')])
    .toString()
    .split('\n')
    .filter((line) => /"id": ?"R[LX]SA-/.test(line));
  for (const line of lines) write(join(directory, 'records', `${JSON.parse(line).id}.json`), line);
  mkdirSync(join(directory, 'site'), { recursive: true });
  run('zip', ['-qr', '../site/all.zip', '.'], { cwd: join(directory, 'records') });
  return [
    {
      name: 'rocky',
      feed: 'rocky',
      data: `sample: ${lines.length} records`,
      options: (url) => ({ url: `${url}/all.zip` }),
      directory: join(directory, 'site'),
    },
  ];
}

/** Another project's tests hold real definitions; those of the other documents there have lost the tests that they refer to. */
function oracleSite(directory: string): readonly Site[] {
  const document = readFileSync(join(vendorSamples(directory), 'oracle/test-fixtures/mock_ksplice_data'));
  write(join(directory, 'site/com.oracle.elsa-2021.xml.bz2'), run('bzip2', ['-c'], { input: document }));
  return [
    {
      name: 'oracle',
      feed: 'oracle',
      data: 'sample: 1 definition of 2021',
      options: (url) => ({ url: `${url}/` }),
      directory: join(directory, 'site'),
    },
  ];
}

function suseSite(directory: string): readonly Site[] {
  const document = readFileSync(join(vendorSamples(directory), 'sles/test-fixtures/suse_truncated.xml'));
  const name = 'suse.linux.enterprise.server.15.xml.gz';
  write(join(directory, 'site', name), run('gzip', ['-c'], { input: document }));
  return [
    {
      name: 'suse',
      feed: 'suse',
      data: 'sample: SLES 15 cut to 4 definitions',
      options: (url) => ({ url: `${url}/` }),
      directory: join(directory, 'site'),
    },
  ];
}

function photonSite(directory: string): readonly Site[] {
  const document = run('zstd', ['-dc', dataFile('feeds/photon-oval/com.vmware.phsa-photon3.xml.zst')]);
  write(join(directory, 'site/com.vmware.phsa-photon3.xml'), document);
  return [
    {
      name: 'photon',
      feed: 'photon',
      data: 'Photon 3, complete, 2020-02; the others are not at hand',
      options: (url) => ({ url: `${url}/` }),
      directory: join(directory, 'site'),
    },
  ];
}

function azureSite(directory: string): readonly Site[] {
  for (const [name, file] of Object.entries({
    'azurelinux-3.0-oval.xml': 'azurelinux-3.0-oval.2024-10-10.xml.zst',
    'cbl-mariner-2.0-oval.xml': 'cbl-mariner-2.0-oval.2024-01-22.xml.zst',
    'cbl-mariner-1.0-oval.xml': 'cbl-mariner-1.0-oval.2024-10-10.xml.zst',
  })) {
    const document = run('zstd', ['-dc', dataFile(`feeds/azurelinux-oval/${file}`)]);
    write(join(directory, 'site', name), document);
  }
  return [
    {
      name: 'azure-linux',
      feed: 'azure-linux',
      data: 'Azure Linux 3, Mariner 1 and 2, complete, 2024',
      options: (url) => ({ url: `${url}/` }),
      directory: join(directory, 'site'),
    },
  ];
}

function secdbSite(directory: string, feed: 'wolfi' | 'chainguard'): readonly Site[] {
  const file = join(vendorSamples(directory), feed, 'test-fixtures/input/secdb/security.json');
  write(join(directory, 'site/security.json'), readFileSync(file));
  return [
    {
      name: feed,
      feed,
      data: 'sample of the document',
      options: (url) => ({ url: `${url}/security.json` }),
      directory: join(directory, 'site'),
    },
  ];
}

/** There is no real `updateinfo.xml` at hand: the one that this repository's test of the feed has. */
function awsSite(directory: string): readonly Site[] {
  const document = readFileSync(join(REPOSITORY_ROOT, 'libs/feeds/src/feeds/aws/fixtures/updateinfo.xml'));
  const packed = run('gzip', ['-nc'], { input: document });
  write(join(directory, 'site/al2/repodata/updateinfo.xml.gz'), packed);
  const file = join(directory, 'site/al2/repodata/updateinfo.xml.gz');
  const checksum = run('sha256sum', [file]).toString().slice(0, 64);
  const data = `<data type="updateinfo"><checksum type="sha256">${checksum}</checksum><location href="repodata/updateinfo.xml.gz"/></data>`;
  writeFileSync(
    join(directory, 'site/al2/repodata/repomd.xml'),
    `<repomd xmlns="http://linux.duke.edu/metadata/repo">${data}</repomd>`,
  );
  return [
    {
      name: 'aws',
      feed: 'aws',
      data: 'not real: the fixture of the feed’s test, as Amazon Linux 2',
      options: (url) => {
        write(join(directory, 'site/al2/mirror.list'), `${url}/al2\n`);
        const none = `${url}/none`;
        const al2 = `${url}/al2/mirror.list`;
        return { al2_url: al2, al1_url: none, al2023_url: none, al2023_livepatch_url: none };
      },
      directory: join(directory, 'site'),
    },
  ];
}

function vendorSamples(directory: string): string {
  const samples = join(directory, 'samples');
  unpack(dataFile('feeds/vendor-samples/vunnel-all-provider-inputs.tar.zst'), samples);
  return join(samples, 'tests/unit/providers');
}
