import { type Advisory, type Affected, err, ok, type Result } from '@clair/model';
import { storableText } from '@clair/postgres';
import { affectedHash, contentHash, documentHash } from './content-hash.ts';

export interface StagedAffected extends Affected {
  readonly hash: string;
}

/** An advisory as it will be stored, with its identities. */
export interface StagedAdvisory {
  readonly advisory: Required<Advisory>;
  readonly affected: readonly StagedAffected[];
  readonly documentHash: string;
  readonly contentHash: string;
}

/** Bounds of one record. What is beyond is rejected and counted; the rest of the feed is not harmed. */
export const ADVISORY_LIMITS = {
  /** Keys and names are in B-tree indexes, whose entries PostgreSQL bounds at 2,704 bytes. */
  nameBytes: 1_024,
  descriptionBytes: 1_048_576,
  listItems: 10_000,
  affectedRows: 100_000,
} as const;

/**
 * The advisory without what PostgreSQL cannot hold (U+0000 becomes U+FFFD), with sorted architectures, and with
 * identical affected rows only once. The error is a sentence: which limit the record is beyond.
 */
export function stageAdvisory(given: Advisory): Result<StagedAdvisory, string> {
  const advisory = cleanDocument(given);
  const problem = documentProblem(advisory);
  if (problem !== undefined) return err(problem);
  const affected = new Map<string, StagedAffected>();
  for (const row of given.affected) {
    const clean = cleanAffected(row);
    const rowProblem = affectedProblem(clean);
    if (rowProblem !== undefined) return err(rowProblem);
    const hash = affectedHash(clean);
    affected.set(hash, { ...clean, hash });
  }
  const document = documentHash(advisory);
  return ok({
    advisory,
    affected: [...affected.values()],
    documentHash: document,
    contentHash: contentHash(document, [...affected.keys()]),
  });
}

function cleanDocument(advisory: Advisory): Required<Advisory> {
  return {
    ...advisory,
    key: storableText(advisory.key),
    name: storableText(advisory.name),
    description: storableText(advisory.description),
    issued: storableText(advisory.issued),
    links: advisory.links.map(storableText),
    aliases: advisory.aliases.map(storableText),
    upstream: advisory.upstream.map(storableText),
    cvss: (advisory.cvss ?? []).map(storableText),
    weaknesses: (advisory.weaknesses ?? []).map(storableText),
  };
}

function cleanAffected(row: Affected): Affected {
  const { introduced, fixed, lastAffected } = row.range;
  return {
    ...row,
    namespace: storableText(row.namespace),
    package: storableText(row.package),
    scheme: storableText(row.scheme),
    module: storableText(row.module),
    cpe: storableText(row.cpe),
    bulletin: storableText(row.bulletin),
    severity: storableText(row.severity),
    arches: row.arches.map(storableText).sort(),
    range: {
      ...(introduced === undefined ? {} : { introduced: storableText(introduced) }),
      ...(fixed === undefined ? {} : { fixed: storableText(fixed) }),
      ...(lastAffected === undefined ? {} : { lastAffected: storableText(lastAffected) }),
    },
  };
}

function documentProblem(advisory: Required<Advisory>): string | undefined {
  const { nameBytes, descriptionBytes, listItems, affectedRows } = ADVISORY_LIMITS;
  if (Buffer.byteLength(advisory.key) > nameBytes) return `key is longer than ${nameBytes} bytes`;
  if (Buffer.byteLength(advisory.name) > nameBytes) return `name is longer than ${nameBytes} bytes`;
  if (Buffer.byteLength(advisory.description) > descriptionBytes) {
    return `description is longer than ${descriptionBytes} bytes`;
  }
  if (advisory.links.length > listItems) return `more than ${listItems} links`;
  if (advisory.aliases.length > listItems) return `more than ${listItems} aliases`;
  if (advisory.upstream.length > listItems) return `more than ${listItems} upstream flaws`;
  if (advisory.cvss.length > listItems) return `more than ${listItems} CVSS vectors`;
  if (advisory.weaknesses.length > listItems) return `more than ${listItems} weaknesses`;
  if (advisory.affected.length > affectedRows) return `more than ${affectedRows} affected rows`;
  return undefined;
}

function affectedProblem(row: Affected): string | undefined {
  const { nameBytes, listItems } = ADVISORY_LIMITS;
  const texts: readonly (readonly [string, string | undefined])[] = [
    ['namespace', row.namespace],
    ['package', row.package],
    ['scheme', row.scheme],
    ['module', row.module],
    ['cpe', row.cpe],
    ['bulletin', row.bulletin],
    ['severity', row.severity],
    ['introduced', row.range.introduced],
    ['fixed', row.range.fixed],
    ['last_affected', row.range.lastAffected],
  ];
  const long = texts.find(([, text]) => text !== undefined && Buffer.byteLength(text) > nameBytes);
  if (long !== undefined) return `${long[0]} of an affected row is longer than ${nameBytes} bytes`;
  return row.arches.length > listItems ? `more than ${listItems} architectures` : undefined;
}
