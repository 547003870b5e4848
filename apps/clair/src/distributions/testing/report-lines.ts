/** What is read here of a report in Clair's form. */
export interface ReportV1 {
  readonly packages: Readonly<Record<string, PackageOfV1>>;
  readonly vulnerabilities: Readonly<Record<string, VulnerabilityOfV1>>;
  readonly package_vulnerabilities: Readonly<Record<string, readonly string[]>>;
}

interface PackageOfV1 {
  readonly name: string;
  readonly arch: string;
  readonly version: string;
}

interface VulnerabilityOfV1 {
  readonly name: string;
  readonly fixed_in_version: string;
  readonly normalized_severity: string;
}

/** What is read here of a report with its evidence. */
export interface ReportV2 {
  readonly coverage: { readonly verdict: string; readonly reasons: readonly string[] };
  readonly packages: readonly PackageOfV1[];
  readonly vulnerabilities: readonly { readonly name: string }[];
  readonly findings: readonly {
    readonly package: number;
    readonly vulnerability: number;
    readonly verdict: string;
    readonly fix_state: string;
    readonly fixed_in?: string;
    readonly normalized_severity: string;
  }[];
}

/** `openssl.x86_64 1:3.0.7-1: CVE-2024-1 affected, fixed, < 1:3.0.7-2, High`, sorted. */
export function linesOfV2({ packages, vulnerabilities, findings }: ReportV2): readonly string[] {
  const lines = findings.map((finding) => {
    const name = vulnerabilities[finding.vulnerability]?.name;
    const facts = [
      `${name} ${finding.verdict}`,
      finding.fix_state,
      bound(finding.fixed_in),
      finding.normalized_severity,
    ];
    return `${subject(packages[finding.package])}: ${facts.filter((fact) => fact !== '').join(', ')}`;
  });
  return lines.sort();
}

/** The same without verdict and fix state, for which this form has no words. */
export function linesOfV1(report: ReportV1): readonly string[] {
  const lines = Object.entries(report.package_vulnerabilities).flatMap(([packageId, ids]) =>
    ids.map((id) => {
      const { name, fixed_in_version, normalized_severity } = report.vulnerabilities[id] ?? NOTHING;
      const facts = [name, bound(fixed_in_version), normalized_severity].filter((fact) => fact !== '');
      return `${subject(report.packages[packageId])}: ${facts.join(', ')}`;
    }),
  );
  return lines.sort();
}

/** A line of {@link linesOfV2} as {@link linesOfV1} has it. */
export function withoutVerdict(line: string): string {
  return line.replace(/ (?:affected|undecidable), [a-z-]+,/, ',');
}

const NOTHING: VulnerabilityOfV1 = { name: '', fixed_in_version: '', normalized_severity: '' };

function subject(pkg: PackageOfV1 | undefined): string {
  return pkg === undefined ? 'no package' : `${pkg.name}.${pkg.arch} ${pkg.version}`;
}

function bound(fixed = ''): string {
  return fixed === '' ? '' : `< ${fixed}`;
}
