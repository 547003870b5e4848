import {
  all,
  any,
  earlier,
  type OvalCriteria,
  type OvalCriterion,
  type OvalDefinition,
  ovalDocument,
} from './oval-document.ts';

/** What SUSE says of packages in products, for one CVE. */
export interface SuseFlaw {
  readonly cve: string;
  /** SUSE's word: `Moderate`. */
  readonly severity: string;
  readonly criteria: OvalCriteria;
}

/** A document of ftp.suse.com, by CVE. */
export function suseOval(flaws: readonly SuseFlaw[]): string {
  return ovalDocument({
    prefix: 'oval:org.opensuse.security',
    class: 'vulnerability',
    definitions: flaws.map(definition),
  });
}

/** "PRODUCT is installed", as its release package's version says. */
export function installed(product: string, releasePackage: string, version: string): OvalCriterion {
  return {
    comment: `${product} is installed`,
    name: releasePackage,
    state: `<version operation="equals">${version}</version>`,
  };
}

/** In any of the products, any of the packages. */
export function inProducts(products: readonly OvalCriterion[], packages: readonly OvalCriterion[]): OvalCriteria {
  return all(any(...products), any(...packages));
}

/** `NAME-VERSION is installed`: older ones are affected. */
export function fixedIn(name: string, evr: string): OvalCriterion {
  return { ...earlier(name, evr, 'aarch64|x86_64'), comment: `${name}-${evr.replace(/^\d+:/, '')} is installed` };
}

export function isAffected(name: string): OvalCriterion {
  const state = '<evr datatype="evr_string" operation="greater than">0:0-0</evr>';
  return { comment: `${name} is affected`, name, state };
}

export function isNotAffected(name: string): OvalCriterion {
  return { comment: `${name} is not affected`, name, state: '<version operation="equals">0</version>' };
}

function definition({ cve, severity, criteria }: SuseFlaw): OvalDefinition {
  const metadata =
    `<title>${cve}</title><affected family="unix"><platform>SUSE</platform></affected>` +
    `<reference ref_id="Mitre ${cve}" ref_url="https://cve.mitre.org/cgi-bin/cvename.cgi?name=${cve}" source="CVE"/>` +
    `<reference ref_id="SUSE ${cve}" ref_url="https://www.suse.com/security/cve/${cve}" source="SUSE CVE"/>` +
    `<description>A flaw.</description><advisory from="security@suse.de"><issued date="2024-04-30"/>` +
    `<updated date="2024-07-03"/><severity>${severity}</severity></advisory>`;
  return { metadata, criteria };
}
