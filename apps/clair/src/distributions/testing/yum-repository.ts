import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { FeedDocuments } from './distribution-case.ts';

export interface YumUpdate {
  readonly id: string;
  readonly severity: string;
  readonly cves: readonly string[];
  /** `name-[epoch:]version-release.arch` */
  readonly packages: readonly string[];
}

export interface YumRepository {
  /** Of the repository, without a slash at the end. */
  readonly folder: string;
  /** Where `folder` is served from. */
  readonly url: string;
  /** The path of the mirror list. */
  readonly mirrorList: string;
  readonly updates: readonly YumUpdate[];
}

/** Mirror list, `repomd.xml` and `updateinfo.xml.gz` of a repository of Amazon Linux; the first mirror of its list is not there. */
export function yumRepository({ folder, url, mirrorList, updates }: YumRepository): FeedDocuments {
  const updateinfo = gzipSync(
    `<?xml version="1.0" encoding="UTF-8"?>\n<updates>\n${updates.map(updateXml).join('')}</updates>\n`,
  );
  const checksum = createHash('sha256').update(updateinfo).digest('hex');
  const repomd =
    '<?xml version="1.0" encoding="UTF-8"?>\n<repomd xmlns="http://linux.duke.edu/metadata/repo">\n' +
    '<data type="primary"><checksum type="sha256">00</checksum><location href="repodata/primary.xml.gz"/></data>\n' +
    `<data type="updateinfo"><checksum type="sha256">${checksum}</checksum><location href="repodata/updateinfo.xml.gz"/></data>\n</repomd>\n`;
  return {
    [mirrorList]: `${url}/gone${folder}\n${url}${folder}/\n`,
    [`${folder}/repodata/repomd.xml`]: repomd,
    [`${folder}/repodata/updateinfo.xml.gz`]: updateinfo,
  };
}

function updateXml({ id, severity, cves, packages }: YumUpdate): string {
  const references = cves.map(
    (cve) =>
      `<reference href="http://cve.mitre.org/cgi-bin/cvename.cgi?name=${cve}" id="${cve}" title="" type="cve" />`,
  );
  return (
    '<update author="linux-security@amazon.com" from="linux-security@amazon.com" status="final" type="security" version="1.4">' +
    `<id>${id}</id><title>${id}</title><issued date="2024-03-13 17:31" /><updated date="2024-03-14 20:01" />` +
    `<severity>${severity}</severity><description>A flaw.</description><references>${references.join('')}</references>` +
    `<pkglist><collection short="amazon-linux"><name>Amazon Linux</name>${packages.map(packageXml).join('')}</collection></pkglist></update>\n`
  );
}

function packageXml(nevra: string): string {
  const [, name, epoch = '0', version, release, arch] = /^(.+)-(?:(\d+):)?([^-:]+)-([^-]+)\.([^.]+)$/.exec(nevra) ?? [];
  return (
    `<package arch="${arch}" epoch="${epoch}" name="${name}" release="${release}" version="${version}">` +
    `<filename>Packages/${name}-${version}-${release}.${arch}.rpm</filename></package>`
  );
}
