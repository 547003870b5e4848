import type { Vulnerability } from '@clair/contracts';

const CVE = /^CVE-\d{4}-\d{4,19}$/;

/** The CVEs that a vulnerability is, or that the bulletin is about: its own name, other names, the flaws it names. Each once. */
export function flawsOf({
  name,
  aliases,
  upstream,
}: Pick<Vulnerability, 'name' | 'aliases' | 'upstream'>): readonly string[] {
  return [...new Set([name, ...aliases, ...upstream])].filter((id) => CVE.test(id));
}
