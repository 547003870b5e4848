/** What one line of a `secfixes` list says. */
export interface SecfixEntry {
  /** The vulnerabilities it is about: its CVEs, or what other ids it has when it names no CVE. */
  readonly names: readonly string[];
  /** Its other ids, of every one of {@link names}: `XSA-254`, `GHSA-…`. */
  readonly aliases: readonly string[];
  /** The line as it stands, when it says more than its one id; else empty. */
  readonly remark: string;
}

const IN_PARENTHESES = /\([^()]*\)/g;
/** Takes the slips there are: `CVE 2018-16859`, `CVE_2019-2426`, `CVE-2017-8073.patch`, `CVE-2017-17434-1`. */
const CVE = /\bCVE[-_ ]([0-9]{4})-([0-9]{4,})/gi;
/** `XSA-254`, `ZBX-11023`, `TALOS-2018-0521`, `wnpa-sec-2017-18`, `GHSA-6fc8-4gx4-v693`; not `CVE-????-?????`, nor words. */
const OTHER_ID = /^(?!CVE[-_])(?:[A-Za-z]{2,}-)+[0-9A-Za-z][0-9A-Za-z.:-]*$/i;

/** Reads a line; one without any id has no {@link SecfixEntry.names}. */
export function readSecfixEntry(line: string): SecfixEntry {
  const said = line.trim();
  const bare = said.replaceAll(IN_PARENTHESES, ' ');
  const outside = cvesOf(bare);
  const cves = outside.length > 0 ? outside : cvesOf(said);
  const others = unique(bare.split(/[\s,;]+/).filter(isOtherId));
  const found = cves.length > 0 ? cves : others;
  // The line itself, where it is the id: not a second text for each of a million lines.
  const names = found.length === 1 && found[0] === said ? [said] : found;
  const remark = names.length === 1 && names[0] === said ? '' : said;
  return { names, aliases: cves.length > 0 ? others : [], remark };
}

function cvesOf(text: string): string[] {
  return unique(Array.from(text.matchAll(CVE), ([, year, number]) => `CVE-${year}-${number}`));
}

function isOtherId(word: string): boolean {
  return OTHER_ID.test(word) && (/[0-9]/.test(word) || word.toUpperCase().startsWith('GHSA-'));
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
