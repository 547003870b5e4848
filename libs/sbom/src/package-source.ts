import { err, ok, type Result, type SourcePackage } from '@clair/model';
import { parseSourceRpm, quoted } from '@clair/scanners';
import type { SbomComponent } from './component.ts';
import type { PackageUrl } from './package-url.ts';
import { splitRpmVersion } from './package-version.ts';

/**
 * The source package that the tool names beside the package URL, or the package URL's `upstream`; the package itself where
 * neither does. As the scanners of images say it, so that an image and its inventory give the same.
 */
export function packageSource(
  purl: PackageUrl,
  component: SbomComponent,
  itself: SourcePackage,
): Result<SourcePackage, string> {
  const upstream = purl.qualifiers.get('upstream') ?? '';
  if (purl.type === 'rpm') return rpmSource(component, upstream, itself);
  const { source } = component.facts;
  const named = source.name === '' ? readUpstream(upstream) : source;
  if (named.name === '') return ok(itself);
  // All packages that apk builds from one origin carry its version.
  const version = purl.type === 'apk' || named.version === '' ? itself.version : named.version;
  return ok({ name: named.name, version });
}

/** `name` or `name@version`. */
function readUpstream(upstream: string): SourcePackage {
  const at = upstream.lastIndexOf('@');
  return at <= 0 ? { name: upstream, version: '' } : { name: upstream.slice(0, at), version: upstream.slice(at + 1) };
}

/**
 * The file name of a source package, which is all that a package's header has, does not say its epoch: a tool that gives
 * one has taken the package's. It is right where the versions are equal, and else not known.
 */
function rpmSource(component: SbomComponent, upstream: string, itself: SourcePackage): Result<SourcePackage, string> {
  const { source, sourceRpm } = component.facts;
  const fileName = sourceRpm || upstream;
  if (source.name !== '' && source.version !== '') {
    return ok({ name: source.name, version: withEpochOf(itself, source.version) });
  }
  if (fileName === '') return ok(itself);
  const read = parseSourceRpm(fileName);
  if (!read.ok) return err(`the source package does not read: ${quoted(fileName)}`);
  const { name, version, release } = read.value;
  return ok({ name, version: withEpochOf(itself, `${version}-${release}`) });
}

function withEpochOf(itself: SourcePackage, text: string): string {
  const { epoch, version } = splitRpmVersion(itself.version);
  const bare = text.replace(/^\d+:/, '');
  return epoch !== '' && splitRpmVersion(bare).version === version ? `${epoch}:${bare}` : bare;
}
