/** A package as Clair's JSON has it. `source` is null where there is none, and in a source package itself. */
export interface PackageV1 {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly kind: 'source' | 'binary';
  readonly source: PackageV1 | null;
  readonly normalized_version: string;
  readonly module: string;
  readonly arch: string;
  readonly cpe: string;
}

export interface PackageFactsV1 {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly kind: 'source' | 'binary';
  readonly source?: PackageV1;
  readonly module?: string;
  readonly arch?: string;
}

/** All fields in Clair's order. `normalized_version` and `cpe` are always empty: nothing here is matched by them. */
export function packageV1(facts: PackageFactsV1): PackageV1 {
  return {
    id: facts.id,
    name: facts.name,
    version: facts.version,
    kind: facts.kind,
    source: facts.source ?? null,
    normalized_version: '',
    module: facts.module ?? '',
    arch: facts.arch ?? '',
    cpe: '',
  };
}
