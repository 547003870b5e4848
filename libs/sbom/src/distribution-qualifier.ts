import { distributionById } from '@clair/scanners';
import type { StatedDistribution } from './component.ts';
import { distributionIdOf } from './distribution-names.ts';

/**
 * The distribution that a package URL names; `undefined` when it names none.
 *
 * `distro=debian-12`, `distro=debian-bookworm`, `distro=opensuse-leap-15.1`, `distro=wolfi-20230201` (Syft, Trivy and most
 * others), `distro=3.22.0` or `distro=jessie` with the distribution as namespace (Trivy for Alpine; the specification's
 * own examples), `os_name=debian&os_version=12` (Docker).
 */
export function distributionOfQualifiers(
  namespace: string,
  qualifiers: ReadonlyMap<string, string>,
): StatedDistribution | undefined {
  const osName = qualifiers.get('os_name') ?? '';
  if (osName !== '') return stated(distributionIdOf(osName), qualifiers.get('os_version') ?? '');
  const text = (qualifiers.get('distro') ?? '').trim();
  if (text === '') return undefined;
  const named = knownPrefix(text);
  if (named !== undefined) return named;
  const owner = distributionIdOf(namespace);
  if (distributionById(owner) !== undefined) return stated(owner, text);
  const [, id = text, version = ''] = /^(.+?)-(v?\d.*)$/.exec(text) ?? [];
  return stated(id, version);
}

/** The longest beginning, up to a dash, that is a distribution; the rest is its release. */
function knownPrefix(text: string): StatedDistribution | undefined {
  for (let end = text.length; end > 0; end = text.lastIndexOf('-', end - 1)) {
    const did = distributionIdOf(text.slice(0, end));
    if (distributionById(did) !== undefined) return stated(did, text.slice(end + 1));
  }
  return undefined;
}

/** A release that is a word is a code name. */
function stated(id: string, release: string): StatedDistribution {
  const isNumbered = /\d/.test(release) || release === 'edge';
  return {
    id,
    version: isNumbered ? release : '',
    codeName: isNumbered ? '' : release,
    prettyName: '',
  };
}
