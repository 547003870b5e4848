export interface OsvErratum {
  readonly id: string;
  readonly summary: string;
  /** `[ecosystem, package, fixed version]` */
  readonly affected: readonly (readonly [string, string, string])[];
  readonly cves: readonly string[];
}

/** An erratum of an rpm distribution as OSV has it, under its file name in an archive. @see https://ossf.github.io/osv-schema/ */
export function osvMembers(errata: readonly OsvErratum[]): Readonly<Record<string, string>> {
  return Object.fromEntries(errata.map((erratum) => [`${erratum.id}.json`, JSON.stringify(osvRecord(erratum))]));
}

function osvRecord({ id, summary, affected, cves }: OsvErratum): object {
  return {
    schema_version: '1.7.3',
    id,
    summary,
    details: 'A flaw is fixed.',
    published: '2024-06-14T14:00:40Z',
    modified: '2024-06-15T00:00:00Z',
    upstream: cves,
    affected: affected.map(([ecosystem, name, fixed]) => ({
      package: { ecosystem, name },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
    })),
    references: [],
  };
}
