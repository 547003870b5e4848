import { type OvalCriterion, type OvalDefinition, ovalDocument } from './oval-document.ts';

/** What Microsoft says of one CVE in one source package. */
export interface MicrosoftFlaw {
  readonly cve: string;
  readonly name: string;
  /** The test's version: older ones are affected, or older ones and this one. */
  readonly evr: string;
  readonly operation?: 'less than' | 'less than or equal';
  readonly patchable: 'true' | 'false' | 'Not Applicable';
  readonly severity: 'Low' | 'Medium' | 'High' | 'Critical';
}

/** A document of AzureLinuxVulnerabilityData. @see https://github.com/microsoft/AzureLinuxVulnerabilityData */
export function microsoftOval(prefix: string, flaws: readonly MicrosoftFlaw[]): string {
  return ovalDocument({ prefix, class: 'vulnerability', definitions: flaws.map(definition) });
}

function definition({ cve, name, evr, operation = 'less than', patchable, severity }: MicrosoftFlaw): OvalDefinition {
  const metadata =
    `<title>${cve} affecting package ${name}</title><affected family="unix"><platform>Azure Linux</platform></affected>` +
    `<reference ref_id="${cve}" ref_url="https://nvd.nist.gov/vuln/detail/${cve}" source="CVE"/>` +
    `<patchable>${patchable}</patchable><advisory_date>2024-07-23T22:05:39Z</advisory_date>` +
    `<advisory_id>1-1</advisory_id><severity>${severity}</severity><description>A flaw.</description>`;
  const state = `<evr datatype="evr_string" operation="${operation}">${evr}</evr>`;
  const criterion: OvalCriterion = { comment: `Package ${name}`, name, state };
  return { metadata, criteria: criterion };
}
