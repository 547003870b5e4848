import { err, ok, type Result, type ScannedPackage, type SourcePackage } from '@clair/model';
import { isPlainText, quoted } from '../../plain-text.ts';
import type { RpmHeader } from './rpm-header.ts';
import { parseSourceRpm } from './source-rpm.ts';

/** A package, and what of its header did not read without costing it. */
export interface InstalledPackage {
  readonly package: ScannedPackage;
  readonly problems: readonly string[];
}

/** rpm keeps the keys it trusts as if they were packages of this name. */
const KEY_NAME = 'gpg-pubkey';

/** The package that a header describes; `undefined` for a key. */
export function toInstalledPackage(header: RpmHeader): Result<InstalledPackage | undefined, string> {
  const { name, version, release, arch } = header;
  if (name === KEY_NAME) return ok(undefined);
  if (version === '') return err(`package ${quoted(name)}: no version`);
  if (release === '') return err(`package ${quoted(name)}: no release`);
  if (![name, version, release, arch].every(isPlainText)) return err(`package ${quoted(name)}: unfit characters`);
  const itself = { name, version: versionText(header) };
  const source = readSource(header, itself);
  const module = readModule(header.modularityLabel);
  return ok({
    package: {
      ...itself,
      type: 'rpm',
      scheme: 'rpm',
      arch,
      module: module.ok ? module.value : '',
      source: source.ok ? source.value : itself,
    },
    problems: [source, module].flatMap((part) => (part.ok ? [] : [`package ${quoted(name)}: ${part.error}`])),
  });
}

/** `[epoch:]version-release`; an epoch of 0 is left out, as advisories do. */
function versionText({ epoch, version, release }: { epoch: number; version: string; release: string }): string {
  return `${epoch === 0 ? '' : `${epoch}:`}${version}-${release}`;
}

/**
 * The file name of a source package does not say its epoch. A binary package has its source's epoch unless its own
 * part of the spec file sets another, and such a part sets a version of its own too (perl's modules, say): so the
 * epoch is taken over where the versions are equal, and left out where it cannot be known.
 */
function readSource(header: RpmHeader, itself: SourcePackage): Result<SourcePackage, string> {
  if (header.sourceRpm === '') return ok(itself);
  const source = parseSourceRpm(header.sourceRpm);
  if (!source.ok) return source;
  if (!isPlainText(header.sourceRpm)) return err('a source package of unfit characters');
  const epoch = source.value.version === header.version ? header.epoch : 0;
  return ok({ name: source.value.name, version: versionText({ ...source.value, epoch }) });
}

/** `name:stream` of a label `name:stream:version:context:arch`. */
function readModule(label: string): Result<string, string> {
  if (label === '') return ok('');
  const [name, stream, ...rest] = label.split(':');
  if (!name || !stream || rest.length === 0 || !isPlainText(label)) {
    return err(`the module label does not read: ${quoted(label)}`);
  }
  return ok(`${name}:${stream}`);
}
