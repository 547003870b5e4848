import type { VulnerabilityReportV2 } from '../api-shapes.ts';

const BASE = `sha256:${'a'.repeat(64)}`;
const TOP = `sha256:${'b'.repeat(64)}`;

export const LAYERS = [BASE, TOP];
export const NOW_MS = Date.parse('2026-03-01T12:00:00Z');

type FindingV2 = VulnerabilityReportV2['findings'][number];
type PackageV2 = VulnerabilityReportV2['packages'][number];

/** A report of two layers with one finding of each kind that is drawn in its own way. */
export function reportFixture(fields: Partial<VulnerabilityReportV2> = {}): VulnerabilityReportV2 {
  const report = {
    manifest_hash: `sha256:${'c'.repeat(64)}`,
    operation: 3,
    packages: [
      packageOf('openssl', '3.0.11-1~deb12u2', TOP),
      packageOf('libc6', '2.36-9+deb12u4', BASE),
      packageOf('linux-libc-dev', '6.1.90-1', BASE),
    ],
    distributions: [{ pretty_name: 'Debian GNU/Linux 12 (bookworm)', did: 'debian', version_id: '12' }],
    vulnerabilities: ['CVE-2024-9999', 'CVE-2024-10000', 'CVE-2023-4911', 'CVE-2022-1'].map((name) => ({
      name,
      risk: { exploited: name === 'CVE-2024-9999' },
    })),
    findings: [
      findingOf({ package: 0, vulnerability: 0, normalized_severity: 'Low', fixed_in: '3.0.13-1~deb12u1' }),
      findingOf({ package: 0, vulnerability: 1, normalized_severity: 'Low', fix_state: 'not-fixed' }),
      findingOf({ package: 1, vulnerability: 2, normalized_severity: 'High', fix_state: 'will-not-fix' }),
      findingOf({
        package: 2,
        vulnerability: 3,
        normalized_severity: 'Unknown',
        verdict: 'undecidable',
        reason: 'the version "6.1.90-1!" does not read',
      }),
    ],
    coverage: {
      verdict: 'partial',
      namespaces: [
        {
          namespace: 'debian:12',
          packages: 3,
          feeds: [{ feed: 'debian', fetched_at: '2026-03-01T09:00:00Z', stale: false }],
        },
        { namespace: '', packages: 1, feeds: [] },
      ],
      problems: [],
      reasons: ['1 package could not be matched'],
    },
    ...fields,
  };
  return report as unknown as VulnerabilityReportV2; // Safety: what the renderers read of a report is here.
}

function packageOf(name: string, version: string, layer: string): PackageV2 {
  return { name, version, locations: [{ introduced_in: layer }] } as unknown as PackageV2; // Safety: as above.
}

function findingOf(fields: Partial<FindingV2>): FindingV2 {
  const whole = { verdict: 'affected', fixed_in: '', fix_state: 'fixed', reason: '', ...fields };
  return whole as unknown as FindingV2; // Safety: as above.
}

/** The same image with nothing found in it. */
export function nothingFound(verdict: 'complete' | 'partial' | 'unknown'): VulnerabilityReportV2 {
  const reasons = { complete: [], partial: ['feed debian is old'], unknown: ['no packages were found in the image'] };
  const { coverage } = reportFixture();
  const namespaces = verdict === 'unknown' ? [] : coverage.namespaces.slice(0, 1);
  return reportFixture({ findings: [], coverage: { ...coverage, verdict, namespaces, reasons: reasons[verdict] } });
}
