import { type LayerSource, layerFromWire } from '@clair/contracts';
import { type Digest, err, ok, parseDigest, type Result } from '@clair/model';
import { type Labels, parseLabels } from './labels.ts';

/** A Clair manifest whose every part was checked. */
export interface Manifest {
  readonly digest: Digest;
  /** Base first; a digest may stand more than once. */
  readonly layers: readonly LayerSource[];
  readonly labels: Labels;
}

/** What a client sends, in Clair's shape or gRPC's. */
export interface UncheckedManifest {
  readonly hash: string;
  readonly layers: readonly {
    readonly hash: string;
    readonly uri: string;
    readonly headers: readonly { readonly name: string; readonly values: readonly string[] }[];
  }[];
  /** Not a part of the manifest: what is said of it. */
  readonly labels?: Labels;
}

/** More layers than any image has (overlayfs mounts at most 500; Docker 127). */
const LAYERS_MAX = 1000;

/** The manifest, or a sentence for its sender that says which part is wrong. */
export function parseManifest(input: UncheckedManifest): Result<Manifest, string> {
  const digest = parseDigest(input.hash);
  if (!digest.ok) return err(`hash: ${describeDigest(digest.error)}`);
  if (input.layers.length === 0) return err('layers: empty; a manifest to index has at least one');
  if (input.layers.length > LAYERS_MAX) return err(`layers: ${input.layers.length}, more than ${LAYERS_MAX}`);
  const layers: LayerSource[] = [];
  for (const [i, layer] of input.layers.entries()) {
    const layerDigest = parseDigest(layer.hash);
    if (!layerDigest.ok) return err(`layers[${i}].hash: ${describeDigest(layerDigest.error)}`);
    const source = layerFromWire({ ...layer, headers: [...layer.headers] });
    if (!source.ok) return err(`layers[${i}].${source.error.at}: ${source.error.reason}`);
    layers.push(source.value);
  }
  const labels = parseLabels(input.labels ?? {});
  return labels.ok ? ok({ digest: digest.value, layers, labels: labels.value }) : labels;
}

function describeDigest(error: { readonly kind: string; readonly text: string }): string {
  const shown = JSON.stringify(error.text.slice(0, 100));
  return error.kind === 'unknown-digest-algorithm'
    ? `unknown digest algorithm in ${shown}; sha256 and sha512 are known`
    : `${shown} is not a digest "<algorithm>:<hex>"`;
}
