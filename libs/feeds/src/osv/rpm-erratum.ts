import type { Affected, Severity } from '@clair/model';
import { schemeOf } from '@clair/versions';
import type { OsvRating } from './osv-advisory.ts';

/**
 * The module of a row whose build belongs to a module that its erratum does not name. No package has it: matching must treat it as
 * "some module", and cannot decide.
 */
export const UNNAMED_MODULE = '*';

const SEVERITY: ReadonlyMap<string, Severity> = new Map([
  ['Low', 'Low'],
  ['Moderate', 'Medium'],
  ['Important', 'High'],
  ['Critical', 'Critical'],
]);

/** Before the title, or (once, in 2022) in brackets behind it. */
const SEVERITY_WORD = /^([A-Z][a-z]+):\s|\((Low|Moderate|Important|Critical)\)$/;

/** The severity that an erratum of the Red Hat family carries in its title: `Important: kernel security update`. */
export function ratingOfTitle(title: string): OsvRating {
  const [, before, behind] = SEVERITY_WORD.exec(title.trim()) ?? [];
  const severity = before ?? behind ?? '';
  return { severity, normalizedSeverity: SEVERITY.get(severity) ?? 'Unknown' };
}

const FIXED_FLAW = /^[ \t]*\*[ \t].*\((CVE-\d{4}-\d{4,}(?:(?:, ?| and | )CVE-\d{4}-\d{4,})*)\)[ \t\r]*$/gm;
/** The texts of real errata are below 100 kB. */
const TEXT_CHARS_MAX = 200_000;
const CVE = /CVE-\d{4}-\d{4,}/g;

/**
 * The CVEs of the list of fixes in an erratum's text, where each item ends with its own in brackets: `* kernel: a flaw (CVE-2024-1111)`.
 * CVEs that the text merely mentions are not taken.
 */
export function flawsOfText(text: string): readonly string[] {
  return [
    ...new Set([...text.slice(0, TEXT_CHARS_MAX).matchAll(FIXED_FLAW)].flatMap(([, ids = '']) => ids.match(CVE) ?? [])),
  ];
}

/** Release of a package that was built in a module: `…-1.module_el8.5.0+119+9a9ec082`, `…-2.module+el9.4.0+20787+4c237fd3`. */
const MODULE_BUILD = /\.module[_+]el\d/;
const MODULE = /(?<![\w:./+-])([A-Za-z0-9][\w.+-]*):([A-Za-z0-9][\w.+-]*)(?![\w:])/g;
const ERRATUM_ID = /^[A-Z]{2,}-\d{4}$/;

/** The modules that a title names as `name:stream`: `virt:rhel and virt-devel:rhel security update`. */
export function modulesOfTitle(title: string): readonly string[] {
  const named = [...title.matchAll(MODULE)].filter(([, name = '']) => !ERRATUM_ID.test(name));
  return [...new Set(named.map(([module]) => module))];
}

/** Titles name up to three; of more, nobody could say which is meant. */
const MODULES_MAX = 20;

/**
 * The rows with their modules. OSV has no field for them: the release says that a build is of a module, the erratum's title says which.
 * A row becomes one for each module of the title, for a title does not say which package is of which.
 */
export function withModules(rows: readonly Affected[], title: string): readonly Affected[] {
  const named = modulesOfTitle(title);
  const isNamed = named.length > 0 && named.length <= MODULES_MAX;
  const modules = isNamed ? named : [UNNAMED_MODULE];
  return rows.flatMap((row) =>
    MODULE_BUILD.test(row.range.fixed ?? '') ? modules.map((module) => ({ ...row, module })) : [row],
  );
}

/**
 * Leaves, of several builds of one upstream version that an erratum lists for a package, the oldest. Errata list every build that went
 * into their repositories, often the same sources built again for another module build or architecture; each of them is the update.
 * Taken by themselves their ranges would call the older of them vulnerable. Builds of different upstream versions are all kept.
 */
export function oldestListedBuilds(rows: readonly Affected[]): readonly Affected[] {
  const oldest = new Map<string, Affected>();
  const others: Affected[] = [];
  for (const row of rows) {
    const { fixed, introduced } = row.range;
    if (fixed === undefined || introduced !== undefined) {
      others.push(row);
      continue;
    }
    const key = [row.namespace, row.package, row.module, upstreamVersion(fixed)].join('\u0000');
    const known = oldest.get(key);
    if (known === undefined) oldest.set(key, row);
    else if (isOlder(fixed, known.range.fixed ?? '', row.scheme) === true) oldest.set(key, row);
    else if (isOlder(fixed, known.range.fixed ?? '', row.scheme) === undefined) others.push(row);
  }
  return [...oldest.values(), ...others];
}

/** `epoch:version-release` without epoch and release. */
function upstreamVersion(version: string): string {
  const from = version.indexOf(':') + 1;
  const to = version.lastIndexOf('-');
  return version.slice(from, to < from ? undefined : to);
}

function isOlder(version: string, than: string, schemeId: string): boolean | undefined {
  const scheme = schemeOf(schemeId);
  const a = scheme?.parse(version);
  const b = scheme?.parse(than);
  return scheme !== undefined && a?.ok && b?.ok ? scheme.compare(a.value, b.value) < 0 : undefined;
}
