import { err, ok, type Result } from '@clair/model';
import {
  cveIn,
  issuedAt,
  type OvalAdvisory,
  type OvalDefinition,
  type OvalDialect,
  type OvalMeaning,
  type OvalReference,
  type OvalTest,
  packageMeaning,
  references,
  severityOf,
  uniqueLinks,
} from '../../oval/index.ts';
import { childElement, childElements, childText } from '../../xml/xml-element.ts';

export const photonDialect = {
  classes: ['patch'],
  options: { keepsComment: () => false },
  meaning,
  advisory: readAdvisory,
} as const satisfies OvalDialect;

/** `^3[^\d]`: the version of the release package begins with 3, and not with 30. */
const RELEASE_PATTERN = /^\^(\d+)(?:\[\^\\d\]|\\\.)?$/;

function meaning(test: OvalTest): OvalMeaning {
  if (!test.names.includes('photon-release')) return packageMeaning(test);
  const [version, second] = test.state;
  const major = version?.operation === 'pattern match' ? RELEASE_PATTERN.exec(version.value)?.[1] : undefined;
  if (version?.name !== 'version' || second !== undefined || major === undefined)
    return { kind: 'unreadable', reason: `photon-release is asked for ${version?.name} ${version?.value}` };
  return { kind: 'platform', namespaces: [`photon:${major}.0`] };
}

/** `PHSA:00001:3.0:0036` → release 3.0, number 0036. */
const PHSA = /^PHSA:\d+:(\d+\.\d+):(\d+)$/;
const TITLE = /^(PHSA-\S+)/;

function readAdvisory({ id, metadata }: OvalDefinition): Result<OvalAdvisory, string> {
  const refs = references(metadata);
  const issued = issuedAt(metadata);
  const bulletin = bulletinOf(refs, issued);
  const name = bulletin || TITLE.exec(childText(metadata, 'title'))?.[1];
  if (name === undefined) return err('neither its references nor its title name a PHSA');
  const advisory = childElement(metadata, 'advisory');
  const severity = childText(advisory, 'severity');
  return ok({
    advisory: {
      key: id,
      name,
      description: childText(metadata, 'description'),
      issued,
      links: uniqueLinks(refs.map(({ url }) => url)),
      aliases: [],
      upstream: cvesOf(
        refs,
        childElements(advisory, 'cve').map(({ text }) => text),
      ),
    },
    base: { packageKind: 'binary', scheme: 'rpm', bulletin, severity, normalizedSeverity: severityOf(severity) },
  });
}

/**
 * The bulletin's name on VMware's pages, `PHSA-2019-3.0-0036`; empty when the definition refers to none or has no date.
 * The title has another number, of the document's own.
 */
function bulletinOf(refs: readonly OvalReference[], issued: string): string {
  const [, release, number] = PHSA.exec(refs.find(({ source }) => source === 'PHSA')?.id ?? '') ?? [];
  return release === undefined || issued === '' ? '' : `PHSA-${issued.slice(0, 4)}-${release}-${number}`;
}

function cvesOf(refs: readonly OvalReference[], cves: readonly string[]): readonly string[] {
  const texts = [...refs.filter(({ source }) => source === 'CVE').map(({ id }) => id), ...cves];
  return [...new Set(texts.flatMap((text) => cveIn(text) ?? []))].sort();
}
