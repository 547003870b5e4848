import type { Distribution } from '@clair/model';

/** A distribution as Clair's JSON has it. */
export interface DistributionV1 {
  readonly id: string;
  readonly did: string;
  readonly name: string;
  readonly version: string;
  readonly version_code_name: string;
  readonly version_id: string;
  readonly arch: string;
  readonly cpe: string;
  readonly pretty_name: string;
}

/** Clair's JSON has no namespace: it stays behind. */
export function distributionV1(id: string, distribution: Omit<Distribution, 'namespace'>): DistributionV1 {
  return {
    id,
    did: distribution.did,
    name: distribution.name,
    version: distribution.version,
    version_code_name: distribution.versionCodeName,
    version_id: distribution.versionId,
    arch: distribution.arch,
    cpe: distribution.cpe,
    pretty_name: distribution.prettyName,
  };
}
