import type { LayerReport } from '@clair/model';
import { contentOf } from '../layer-content.ts';
import type { InventoryLayer } from '../layer-overlay.ts';
import { LayerReportBuilder } from '../layer-report-builder.ts';
import { SCANNERS } from '../registry.ts';
import { HEAD_BYTES, type Scanner } from '../scanner.ts';

/** One entry of a tar, for tests. Whiteouts are files. `big`: a regular file larger than anybody reads. */
export type TarEntry =
  | { readonly kind: 'directory' | 'other' | 'big'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'hardlink'; readonly path: string; readonly target: string };

export function directory(path: string): TarEntry {
  return { kind: 'directory', path };
}

export function other(path: string): TarEntry {
  return { kind: 'other', path };
}

export function big(path: string): TarEntry {
  return { kind: 'big', path };
}

export function file(path: string, text = ''): TarEntry {
  return { kind: 'file', path, text };
}

export function hardlink(path: string, target: string): TarEntry {
  return { kind: 'hardlink', path, target };
}

/** ASCII only, which is all that these tests write. */
export function encode(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

export function decode(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

/** Those that know their files by name. The others want nearly every file, of which the tests of them tell. */
export const NAMED_SCANNERS: readonly Scanner[] = SCANNERS.filter(({ wantsContent }) => wantsContent === undefined);

/** Streams the entries as an application does, with a second pass when the builder asks for one. */
export function reportOf(entries: readonly TarEntry[], scanners: readonly Scanner[] = NAMED_SCANNERS): LayerReport {
  const first = streamed(entries, new LayerReportBuilder({ scanners: scanners, decode }));
  const unresolved = first.unresolvedLinks();
  const last =
    unresolved.length === 0
      ? first
      : streamed(entries, new LayerReportBuilder({ scanners: scanners, decode, alsoWanted: unresolved }));
  return last.finish({ blobBytes: 0, tarBytes: 0 });
}

/** Hands all entries to the builder, once. */
export function streamed(entries: readonly TarEntry[], builder: LayerReportBuilder): LayerReportBuilder {
  for (const entry of entries) handOver(entry, builder);
  return builder;
}

/** Layers with the digests `sha256:0`, `sha256:1`, … from the lowest up. */
export function stacked(...layers: readonly (readonly TarEntry[])[]): readonly InventoryLayer[] {
  return layers.map((entries, index) => ({ digest: `sha256:${index}`, report: reportOf(entries) }));
}

/** A dpkg database of `name=version` packages. */
export function dpkgStatus(...packages: readonly string[]): string {
  return packages.map((text) => dpkgStanza(text, 'Status: install ok installed\n')).join('\n');
}

/** One file of a distroless image. */
export function distrolessStatus(text: string): string {
  return dpkgStanza(text, '');
}

/** An apk database of `name=version` packages. */
export function apkInstalled(...packages: readonly string[]): string {
  return packages
    .map((text) => text.split('='))
    .map(([name, version]) => `C:Q1sum=\nP:${name}\nV:${version}\nA:x86_64\no:${name}-src\n\n`)
    .join('');
}

export function osReleaseText(id: string, versionId: string): string {
  return `ID=${id}\nVERSION_ID="${versionId}"\n`;
}

function dpkgStanza(text: string, status: string): string {
  const [name, version] = text.split('=');
  return `Package: ${name}\n${status}Architecture: amd64\nVersion: ${version}\n`;
}

function handOver(entry: TarEntry, builder: LayerReportBuilder): void {
  const { path } = entry;
  if (entry.kind === 'directory') builder.directory(path);
  else if (entry.kind === 'other') builder.other(path);
  else if (entry.kind === 'hardlink') builder.hardlink(path, entry.target);
  else if (builder.wants(path) === 0) builder.skip(path);
  else if (entry.kind === 'file') handOverContent(path, encode(entry.text), builder);
  else builder.file(path, 'too-large');
}

function handOverContent(path: string, bytes: Uint8Array, builder: LayerReportBuilder): void {
  if (builder.wantsContent(path, bytes.subarray(0, HEAD_BYTES))) builder.file(path, contentOf(bytes));
  else builder.passOver(path);
}
