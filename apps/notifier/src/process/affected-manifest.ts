import type { FindAffectedManifestsResponse } from '@clair/contracts';
import { err, ok, parseDigest, type Result } from '@clair/model';
import { storableText } from '@clair/postgres';

/** How sure it is that a manifest is affected; a manifest without either is not. */
export const CERTAINTY = { undecidable: 1, affected: 2 } as const;

export type Verdict = keyof typeof CERTAINTY;

/** The indexer's word that a manifest holds a package that a changed row concerns. */
export interface AffectedManifest {
  readonly ref: number;
  readonly manifest: string;
  readonly certainty: (typeof CERTAINTY)[Verdict];
  /** Of the package that the row names: the source package's where the row is about a source. */
  readonly packageVersion: string;
  /** Empty for a source package. */
  readonly packageArch: string;
  /** What was said of the image when it was indexed: all values given for a name. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
}

export interface RejectedAnswer {
  readonly ref: number;
  readonly reason: string;
}

/** One answer of the indexer, checked. `packageKind` is that of the row asked about. */
export function readAffectedManifest(
  answer: FindAffectedManifestsResponse,
  packageKind: string,
): Result<AffectedManifest, RejectedAnswer> {
  const { ref, verdict } = answer;
  if (verdict !== 'affected' && verdict !== 'undecidable') return err({ ref, reason: `unknown verdict ${verdict}` });
  if (!parseDigest(answer.manifestHash).ok) return err({ ref, reason: 'the manifest is not a digest' });
  const found = answer.package;
  const ofSource = packageKind === 'source' && found?.source !== undefined;
  return ok({
    ref,
    manifest: answer.manifestHash,
    certainty: CERTAINTY[verdict],
    packageVersion: storableText((ofSource ? found.source?.version : found?.version) ?? ''),
    packageArch: ofSource ? '' : storableText(found?.arch ?? ''),
    labels: Object.fromEntries(
      answer.labels.map(({ name, values }) => [storableText(name), values.map((value) => storableText(value))]),
    ),
  });
}
