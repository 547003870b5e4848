import { err, type FixState, ok, type Result } from '@clair/model';
import {
  type AdjustedCases,
  cveIn,
  instantOf,
  type OvalAdvisory,
  type OvalCase,
  type OvalDefinition,
  type OvalDialect,
  type OvalPackage,
  packageMeaning,
  references,
  severityOf,
  uniqueLinks,
} from '../../oval/index.ts';
import { childText } from '../../xml/xml-element.ts';

/** `0:1.2.3-4.cm2`. The document also has lists, `null`, and versions without a release. */
const EVR = /^\d+:[A-Za-z0-9._+~^]+-[A-Za-z0-9._+~^]+$/;

/** The document is about one release, and no test in it says which. */
export function azureLinuxDialect(namespace: string): OvalDialect {
  return {
    classes: ['vulnerability'],
    options: { keepsComment: () => false },
    meaning: packageMeaning,
    advisory: readAdvisory,
    adjust: (cases, definition) => adjustCases(cases, { namespace, patchable: patchableOf(definition) }),
  };
}

function readAdvisory(definition: OvalDefinition): Result<OvalAdvisory, string> {
  const { id, metadata } = definition;
  const cves = references(metadata).filter(({ source }) => source === 'CVE');
  const [cve, second] = cves;
  if (cve === undefined) return err('it refers to no CVE');
  if (second !== undefined) return err(`it refers to ${cves.length} CVEs`);
  const name = cveIn(cve.id);
  if (name === undefined) return err(`${cve.id} is no CVE id`);
  const severity = childText(metadata, 'severity');
  return ok({
    advisory: {
      key: id,
      name,
      description: childText(metadata, 'description'),
      issued: instantOf(childText(metadata, 'advisory_date')),
      links: uniqueLinks([cve.url]),
      aliases: [],
      upstream: [],
    },
    base: {
      packageKind: 'source',
      scheme: 'rpm',
      bulletin: patchableOf(definition) === 'true' ? childText(metadata, 'advisory_id') : '',
      severity,
      normalizedSeverity: severityOf(severity),
    },
  });
}

function patchableOf({ metadata }: OvalDefinition): string {
  return childText(metadata, 'patchable');
}

interface Release {
  readonly namespace: string;
  readonly patchable: string;
}

function adjustCases(cases: readonly OvalCase[], { namespace, patchable }: Release): AdjustedCases {
  const problems: string[] = [];
  const adjusted = cases.map((each) => {
    if (each.package === undefined) return { ...each, namespace };
    const read = adjustPackage(each.package, patchable);
    if (read.problem !== undefined) problems.push(read.problem);
    return { ...each, namespace, package: read.package };
  });
  return { cases: adjusted, problems };
}

interface AdjustedPackage {
  readonly package: OvalPackage;
  readonly problem?: string;
}

/** A version that is none leaves the row undetermined: that the package has the flaw in some version is still said. */
function adjustPackage(pkg: OvalPackage, patchable: string): AdjustedPackage {
  const fixState = fixStateOf(patchable);
  if (fixState === undefined) {
    const problem = `patchable is ${JSON.stringify(patchable)}, not true, false or Not Applicable`;
    return { package: { ...pkg, range: {}, status: 'undetermined', fixState: 'unknown' }, problem };
  }
  if (fixState === 'not-applicable')
    return { package: { ...pkg, range: {}, status: 'not-affected', fixState: 'unknown' } };
  const { introduced, fixed, lastAffected } = pkg.range;
  const bound = (fixed ?? lastAffected ?? '').replace(/^(\d+:)\s+/, '$1');
  if (!EVR.test(bound)) {
    const problem = `${pkg.package}: ${JSON.stringify(fixed ?? lastAffected)} is no version of one package`;
    return { package: { ...pkg, range: {}, status: 'undetermined', fixState }, problem };
  }
  const upper = fixed === undefined ? { lastAffected: bound } : { fixed: bound };
  return { package: { ...pkg, range: introduced === undefined ? upper : { introduced, ...upper }, fixState } };
}

/** A fix that is there for versions "or earlier" is fixed in a version that the source does not name. */
function fixStateOf(patchable: string): FixState | 'not-applicable' | undefined {
  switch (patchable) {
    case 'true':
      return 'fixed';
    case 'false':
      return 'not-fixed';
    case 'Not Applicable':
      return 'not-applicable';
    default:
      return undefined;
  }
}
