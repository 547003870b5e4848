import { ok, type Result } from '@clair/model';
import { FoundPackages } from '../../language/found-packages.ts';
import { baseName } from '../../layer-path.ts';
import { quoted } from '../../plain-text.ts';
import type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';

/** Installed gems: the specification that RubyGems writes of each. @see https://guides.rubygems.org/specification-reference/ */
export const gem = {
  id: 'gem',
  version: '1',
  kind: 'package',
  fileBytesMax: 4 * 1024 * 1024,
  wants: isSpecification,
  read: readSpecification,
} satisfies Scanner;

/** Directly in `specifications`, or in `specifications/default` for the gems that come with Ruby. */
function isSpecification(path: string): boolean {
  if (!path.endsWith('.gemspec')) return false;
  const directory = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
  return /(?:^|\/)specifications(?:\/default)?$/.test(directory);
}

const NAME = /^\s*\w+\.name\s*=\s*(["'])([^"'\\]+)\1(?:\.freeze)?\s*$/m;
const VERSION = /^\s*\w+\.version\s*=\s*(?:Gem::Version\.new\s*\(?\s*)?(["'])([^"'\\]+)\1(?:\.freeze)?\s*\)?\s*$/m;

/**
 * A specification is a program; RubyGems writes it with literals only. One that was written by hand and computes its version is told by
 * the name of the file, which RubyGems gives.
 */
function readSpecification(file: ScannedFile): Result<ScanOutcome, UnreadableFile> {
  const text = file.text();
  const found = new FoundPackages('gem');
  const [, , name] = NAME.exec(text) ?? [];
  const [, , version] = VERSION.exec(text) ?? [];
  if (name !== undefined && version !== undefined) {
    found.add(name, version);
    return ok(found.outcome());
  }
  const [, ofFile = '', itsVersion = ''] =
    /^(.+?)-(\d[0-9A-Za-z.]*)(?:-[^/]+)?\.gemspec$/.exec(baseName(file.path)) ?? [];
  if (ofFile === '')
    found.unidentified(`the specification ${quoted(baseName(file.path))} computes its name or version`);
  else found.add(ofFile, itsVersion);
  return ok(found.outcome());
}
