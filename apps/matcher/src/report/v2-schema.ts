import { type Static, Type } from 'typebox';

const LocationV2 = Type.Object({
  file: Type.String({ description: 'Path in the image, without a leading slash' }),
  introduced_in: Type.String({ description: 'Digest of the oldest layer from which the package is there' }),
  layer: Type.String({ description: 'Digest of the layer whose copy of the file was read' }),
});

const PackageV2 = Type.Object({
  name: Type.String(),
  version: Type.String(),
  type: Type.String({ description: 'Package URL type' }),
  namespace: Type.String({ description: 'Empty: nobody knows which distribution it belongs to' }),
  arch: Type.String(),
  module: Type.String(),
  cpes: Type.Array(Type.String(), {
    description: 'The products whose repositories it may have come from, where advisories are about products',
  }),
  owner: Type.Optional(
    Type.String({ description: "Of a language's package: the distribution's package that its files belong to" }),
  ),
  source: Type.Object({ name: Type.String(), version: Type.String() }),
  locations: Type.Array(LocationV2),
});

const RangeV2 = Type.Object({
  introduced: Type.Optional(Type.String()),
  fixed: Type.Optional(Type.String()),
  last_affected: Type.Optional(Type.String()),
});

const EvidenceV2 = Type.Object({
  feed: Type.String(),
  partition: Type.String(),
  advisory: Type.String(),
  bulletin: Type.Optional(Type.String({ description: "The vendor's own advisory that brought the fix" })),
  namespace: Type.String(),
  package: Type.String(),
  package_kind: Type.String(),
  scheme: Type.String({ description: 'How the versions were compared' }),
  range: RangeV2,
  arches: Type.Array(Type.String(), { description: 'Empty: every architecture' }),
  module: Type.String(),
  cpe: Type.Optional(Type.String({ description: 'The product that the advisory is about; absent: every product' })),
  status: Type.String(),
  version_compared: Type.String({ description: "The source package's where the advisory is about the source" }),
});

const FindingV2 = Type.Object({
  package: Type.Integer({ description: 'Index into `packages`' }),
  vulnerability: Type.Integer({ description: 'Index into `vulnerabilities`' }),
  also: Type.Optional(
    Type.Array(Type.Integer(), {
      description: 'Indexes into `vulnerabilities`: what other sources say of the same flaw in the same package',
    }),
  ),
  verdict: Type.String({ description: '`affected` or `undecidable`' }),
  reason: Type.Optional(Type.String({ description: 'Why it is undecidable' })),
  severity: Type.String({ description: "The feed's own word" }),
  normalized_severity: Type.String(),
  fix_state: Type.String(),
  fixed_in: Type.Optional(Type.String()),
  evidence: EvidenceV2,
});

const VulnerabilityV2 = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  issued: Type.Optional(Type.String()),
  links: Type.Array(Type.String()),
  aliases: Type.Array(Type.String()),
  upstream: Type.Array(Type.String(), {
    description: "The flaws that a vendor's bulletin is about; empty: it is itself about one flaw",
  }),
  cvss: Type.Array(Type.String(), { description: "The feed's own scores, as CVSS vectors" }),
  weaknesses: Type.Array(Type.String(), { description: 'The kinds of weakness that the feed says it is: CWE-79' }),
  flaws: Type.Array(Type.String(), {
    description: 'The CVEs that it is or is about: keys of the `flaws` of the report',
  }),
  risk: Type.Object(
    {
      exploited: Type.Boolean({ description: 'Some flaw of it is known to be exploited' }),
      epss: Type.Optional(Type.Number({ description: 'The highest probability of exploitation of its flaws, 0 to 1' })),
      cvss: Type.Optional(Type.Number({ description: 'The highest CVSS score of any version and source' })),
    },
    { description: 'What `order=risk` sorts findings by: exploited, EPSS in percent, severity, CVSS' },
  ),
});

const FlawV2 = Type.Object({
  cvss: Type.Array(
    Type.Object({
      source: Type.String({ description: 'Who gave the score' }),
      vector: Type.String(),
      score: Type.Number({ description: 'Of all metrics of the vector' }),
    }),
  ),
  weaknesses: Type.Array(Type.String()),
  epss: Type.Optional(
    Type.Object(
      { score: Type.Number(), percentile: Type.Number(), date: Type.String() },
      { description: 'FIRST EPSS' },
    ),
  ),
  exploited: Type.Optional(
    Type.Object(
      { added: Type.String(), due: Type.String(), ransomware: Type.Boolean(), action: Type.String() },
      { description: 'CISA KEV; days as 2026-01-27' },
    ),
  ),
});

const SetAsideV2 = Type.Object(
  {
    package: Type.Integer({ description: 'Index into `packages`' }),
    vulnerability: Type.Integer({ description: 'Index into `vulnerabilities`' }),
    why: Type.String({ description: '`vendor-resolved` or `other-source`' }),
    reason: Type.String(),
  },
  { description: 'What a source says and another has the say of: no finding' },
);

export const CoverageV2 = Type.Object({
  verdict: Type.String({ description: '`complete`, `partial` or `unknown`' }),
  reasons: Type.Array(Type.String()),
  namespaces: Type.Array(
    Type.Object({
      namespace: Type.String(),
      packages: Type.Integer(),
      feeds: Type.Array(Type.Object({ feed: Type.String(), fetched_at: Type.String(), stale: Type.Boolean() })),
    }),
  ),
  problems: Type.Array(
    Type.Object({ scanner: Type.String(), path: Type.String(), kind: Type.String(), reason: Type.String() }),
  ),
});

const DistributionV2 = Type.Object({
  did: Type.String(),
  version_id: Type.String(),
  version_code_name: Type.String(),
  pretty_name: Type.String(),
  namespace: Type.String({ description: 'Empty: the distribution is not supported' }),
});

export const VulnerabilityReportV2 = Type.Object({
  manifest_hash: Type.String(),
  operation: Type.Integer({ description: 'The newest update operation that the report has seen' }),
  coverage: CoverageV2,
  distributions: Type.Array(DistributionV2),
  packages: Type.Array(PackageV2),
  vulnerabilities: Type.Array(VulnerabilityV2),
  flaws: Type.Record(Type.String(), FlawV2, {
    description: 'What is known of the flaws beside advisories, by CVE, joined when the report is read',
  }),
  findings: Type.Array(FindingV2),
  set_aside: Type.Array(SetAsideV2),
  hidden: Type.Object(
    { findings: Type.Integer(), min_severity: Type.Optional(Type.String()) },
    { description: 'What the query asked not to be shown' },
  ),
});

export const FeedsV2 = Type.Object({
  feeds: Type.Array(
    Type.Object({
      feed: Type.String(),
      fetched_at: Type.String(),
      changed_at: Type.Optional(Type.String()),
      operation: Type.Integer(),
      advisories: Type.Integer(),
      affected: Type.Integer(),
      rejected_records: Type.Integer(),
      partitions: Type.Array(
        Type.Object({ name: Type.String(), fingerprint: Type.String(), namespaces: Type.Array(Type.String()) }),
      ),
    }),
  ),
});

export type VulnerabilityReportV2 = Static<typeof VulnerabilityReportV2>;
export type FindingV2 = Static<typeof FindingV2>;
export type CoverageV2 = Static<typeof CoverageV2>;
export type FeedsV2 = Static<typeof FeedsV2>;
