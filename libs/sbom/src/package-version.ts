import type { SbomComponent } from './component.ts';
import type { PackageUrl } from './package-url.ts';

const EPOCH = /^(\d+):/;

/**
 * The version as the package's own database has it: `[epoch:]version[-release]`. Tools put the epoch into the version, or
 * beside it, or both, or only into the version of the component. rpm's epoch 0 is left out, as its scanner does.
 */
export function packageVersion(purl: PackageUrl, component: SbomComponent): string {
  const version = purl.version || component.version;
  if (purl.type === 'apk') return version;
  const whole = EPOCH.test(version) ? version : withEpoch(statedEpoch(purl, component, version), version);
  return purl.type === 'rpm' ? whole.replace(/^0+:/, '') : whole;
}

function statedEpoch(purl: PackageUrl, component: SbomComponent, version: string): string {
  const qualifier = purl.qualifiers.get('epoch') ?? '';
  if (qualifier !== '') return qualifier;
  const [prefix = '', epoch = ''] = EPOCH.exec(component.version) ?? [];
  return component.version === prefix + version ? epoch : component.facts.epoch;
}

function withEpoch(epoch: string, version: string): string {
  return /^0*[1-9]\d{0,9}$/.test(epoch) && version !== '' ? `${epoch}:${version}` : version;
}

/** The parts of rpm's `[epoch:]version-release`. */
export function splitRpmVersion(text: string): { readonly epoch: string; readonly version: string } {
  const [prefix = '', epoch = ''] = EPOCH.exec(text) ?? [];
  const rest = text.slice(prefix.length);
  const dash = rest.lastIndexOf('-');
  return { epoch, version: dash < 0 ? rest : rest.slice(0, dash) };
}
