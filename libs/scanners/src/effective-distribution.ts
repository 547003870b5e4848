import type { Distribution } from '@clair/model';
import type { Overlay } from './layer-overlay.ts';
import { RELEASE_PATHS } from './scanners/os-release/release-files.ts';

/**
 * The distribution that applies to an image: what the most telling of its release files says. Where that one leaves
 * the release open, a further file about the same distribution completes it.
 */
export function effectiveDistribution(overlay: Overlay): Distribution | undefined {
  const named = RELEASE_PATHS.flatMap((path) => distributionAt(overlay, path));
  const [first] = named;
  if (first === undefined || first.namespace !== '') return first;
  const completing = named.find(({ did, namespace }) => did === first.did && namespace !== '');
  if (completing === undefined) return first;
  const { versionId, versionCodeName, namespace } = completing;
  return { ...first, versionId, versionCodeName, namespace };
}

function distributionAt(overlay: Overlay, path: string): readonly Distribution[] {
  const findings = overlay.get(path)?.findings ?? [];
  return findings.flatMap(({ distribution }) => (distribution === undefined ? [] : [distribution]));
}
