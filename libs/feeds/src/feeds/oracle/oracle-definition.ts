import { err, ok, type Result } from '@clair/model';
import {
  type AdjustedCases,
  cveIn,
  issuedAt,
  type OvalAdvisory,
  type OvalCase,
  type OvalDefinition,
  type OvalDialect,
  references,
  severityOf,
  uniqueLinks,
} from '../../oval/index.ts';
import { attributeText, childElement, childElements, childText } from '../../xml/xml-element.ts';
import { narrowedToFlavour } from './flavour.ts';
import { oracleMeaning } from './oracle-test.ts';

export const oracleDialect = {
  classes: ['patch'],
  options: {
    omittedElements: ['affected_cpe_list', 'rights'],
    keepsComment: (comment) => comment.startsWith('Module '),
  },
  meaning: oracleMeaning,
  advisory: readAdvisory,
  adjust: adjustCases,
} as const satisfies OvalDialect;

const ELSA = /^ELSA-\d{4}-\d+$/;

function readAdvisory({ id, metadata }: OvalDefinition): Result<OvalAdvisory, string> {
  const refs = references(metadata);
  const elsa = refs.find(({ source }) => source.toLowerCase() === 'elsa')?.id ?? '';
  if (!ELSA.test(elsa)) return err(`it refers to ${elsa || 'no bulletin'}, not to an ELSA`);
  const advisory = childElement(metadata, 'advisory');
  const cves = childElements(advisory, 'cve');
  const severity = childText(advisory, 'severity');
  const ids = [...refs.filter(({ source }) => source === 'CVE').map((ref) => ref.id), ...cves.map(({ text }) => text)];
  return ok({
    advisory: {
      key: id,
      name: elsa,
      description: childText(metadata, 'description'),
      issued: issuedAt(metadata),
      links: uniqueLinks([...refs.map(({ url }) => url), ...cves.map((cve) => attributeText(cve, 'href'))]),
      aliases: [],
      upstream: [...new Set(ids.flatMap((text) => cveIn(text) ?? []))].sort(),
    },
    base: {
      packageKind: 'binary',
      scheme: 'rpm',
      bulletin: elsa,
      severity,
      normalizedSeverity: severityOf(severity),
    },
  });
}

/** What is in a module says so in its release: `1.5-3.0.1.gite94b4f9.module+el8.0.0+5215+77f672ad`. */
const MODULE_RELEASE = /\.module[+_]el/;

function adjustCases(cases: readonly OvalCase[]): AdjustedCases {
  const problems = new Set<string>();
  const adjusted = cases.flatMap((each): readonly OvalCase[] => {
    if (each.package === undefined) return [each];
    const narrowed = narrowedToFlavour(each.package, each.marks);
    if (!narrowed.ok) {
      problems.add(narrowed.error);
      return [];
    }
    if (each.module === undefined && MODULE_RELEASE.test(narrowed.value.range.fixed ?? '')) {
      problems.add(
        `${each.package.package} ${narrowed.value.range.fixed} is of a module, and the criteria do not say which`,
      );
      return [];
    }
    return [{ ...each, package: narrowed.value }];
  });
  return { cases: adjusted, problems: [...problems] };
}
