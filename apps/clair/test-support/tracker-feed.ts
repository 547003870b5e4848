/** A feed in the format of the Debian security tracker, with `count` vulnerabilities of glibc. */
export function trackerFeed(count: number): string {
  const vulnerability = (at: number) => ({
    description: `Vulnerability number ${at} of an example.`,
    scope: 'local',
    releases: {
      bookworm: {
        status: 'resolved',
        repositories: { bookworm: '2.36-9+deb12u3' },
        fixed_version: `2.36-9+deb12u${at + 100}`,
        urgency: 'medium',
      },
    },
  });
  return JSON.stringify({
    glibc: Object.fromEntries(
      Array.from({ length: count }, (_, at) => [vulnerabilityName(at + 1), vulnerability(at + 1)]),
    ),
  });
}

/** The name of the `at`th vulnerability, from 1. */
export function vulnerabilityName(at: number): string {
  return `CVE-2026-${1000 + at}`;
}
