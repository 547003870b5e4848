import { affectedToWire, ecosystemOfRepositoryV1 } from '@clair/contracts';
import { type Affected, compareSeverity, parseSeverity } from '@clair/model';
import { distributionOf } from '@clair/scanners';
import { type HttpServer, negotiate, ServiceError } from '@clair/service-kit';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { findAffectedManifests } from '../grpc/find-affected-manifests.ts';
import type { Indexer } from '../indexer.ts';

const PATH = '/indexer/api/v1/internal/affected_manifest';
const AFFECTED_MANIFESTS = 'application/vnd.clair.affected_manifests.v1+json';

const VulnerabilityV1 = Type.Object({
  id: Type.String(),
  normalized_severity: Type.Optional(Type.String()),
  fixed_in_version: Type.Optional(Type.String()),
  package: Type.Object({
    name: Type.String(),
    kind: Type.Optional(Type.String()),
    module: Type.Optional(Type.String()),
  }),
  distribution: Type.Optional(
    Type.Union([
      Type.Null(),
      Type.Object({
        did: Type.Optional(Type.String()),
        name: Type.Optional(Type.String()),
        version_code_name: Type.Optional(Type.String()),
        version_id: Type.Optional(Type.String()),
        version: Type.Optional(Type.String()),
        cpe: Type.Optional(Type.String()),
      }),
    ]),
  ),
  repository: Type.Optional(
    Type.Union([Type.Null(), Type.Object({ name: Type.Optional(Type.String()), cpe: Type.Optional(Type.String()) })]),
  ),
});

const AffectedBody = Type.Object({ vulnerabilities: Type.Array(VulnerabilityV1, { maxItems: 10_000 }) });

type Vulnerability = Type.Static<typeof VulnerabilityV1>;

/** Clair's internal reverse look-up, kept for its notifier and for scripts; gRPC's stream is what our own services use. */
export function registerAffectedManifestV1(server: HttpServer, indexer: Indexer): void {
  const schema = {
    tags: ['indexer'],
    summary: 'Which manifests hold what these vulnerabilities affect',
    answers: {
      200: {
        description: 'The vulnerabilities, and those of each manifest.',
        types: [AFFECTED_MANIFESTS, 'application/json'],
      },
      errors: [400, 413, 415],
    },
  } as const;
  // Clair's code has the path with the slash, its description of the API without.
  for (const path of [PATH, `${PATH}/`]) {
    server.post(path, { schema }, async (request, reply) => {
      const type = negotiate(request, [AFFECTED_MANIFESTS, 'application/json']);
      const body = request.body;
      if (!Value.Check(AffectedBody, body)) {
        throw new ServiceError(
          'invalid-argument',
          'the body must be {"vulnerabilities":[…]} with Clair vulnerabilities',
        );
      }
      const manifests = await affectedManifests(body.vulnerabilities, indexer);
      const vulnerabilities = Object.fromEntries(
        body.vulnerabilities.map((vulnerability) => [vulnerability.id, vulnerability]),
      );
      return reply.type(type).send(Buffer.from(JSON.stringify({ vulnerabilities, vulnerable_manifests: manifests })));
    });
  }
}

async function affectedManifests(
  vulnerabilities: readonly Vulnerability[],
  indexer: Indexer,
): Promise<Record<string, string[]>> {
  async function* questions() {
    for (const [ref, vulnerability] of vulnerabilities.entries()) {
      const affected = affectedOf(vulnerability);
      // Of a distribution or a repository that nobody here knows no image has a package.
      if (affected.namespace !== '') yield { ref, affected: affectedToWire(affected), coveredNamespaces: [] };
    }
  }
  const byManifest = new Map<string, Set<number>>();
  for await (const answer of findAffectedManifests(questions(), indexer.db)) {
    if (answer.end) continue;
    const refs = byManifest.get(answer.manifestHash) ?? new Set();
    byManifest.set(answer.manifestHash, refs.add(answer.ref));
  }
  const severity = (ref: number) => parseSeverity(vulnerabilities[ref]?.normalized_severity ?? '') ?? 'Unknown';
  return Object.fromEntries(
    [...byManifest]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([manifest, refs]) => {
        const ordered = [...refs].sort((a, b) => compareSeverity(severity(b), severity(a)) || a - b);
        return [manifest, ordered.map((ref) => vulnerabilities[ref]?.id ?? '')];
      }),
  );
}

function affectedOf(vulnerability: Vulnerability): Affected {
  const said = vulnerability.distribution ?? {};
  const identity = {
    did: said.did ?? '',
    name: said.name ?? '',
    versionId: said.version_id ?? '',
    versionCodeName: said.version_code_name ?? '',
    cpe: said.cpe ?? '',
  };
  const known = distributionOf(identity);
  const language = known === undefined ? ecosystemOfRepositoryV1(vulnerability.repository?.name ?? '') : undefined;
  const fixed = vulnerability.fixed_in_version ?? '';
  return {
    namespace: known?.namespace(identity) ?? language?.namespace ?? '',
    package: language?.lookupName(vulnerability.package.name) ?? vulnerability.package.name,
    packageKind: vulnerability.package.kind === 'source' ? 'source' : 'binary',
    scheme: known?.scheme ?? language?.scheme ?? '',
    range: fixed === '' ? {} : { fixed },
    status: 'affected',
    fixState: fixed === '' ? 'unknown' : 'fixed',
    arches: [],
    module: vulnerability.package.module ?? '',
    cpe: vulnerability.repository?.cpe ?? '',
    bulletin: '',
    severity: '',
    normalizedSeverity: parseSeverity(vulnerability.normalized_severity ?? '') ?? 'Unknown',
  };
}
