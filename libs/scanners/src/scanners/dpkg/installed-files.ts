import type { OwnedFiles } from '@clair/model';
import { baseName } from '../../layer-path.ts';
import { textLines } from '../../text-lines.ts';

/**
 * What `dpkg/info/NAME.list` or `NAME:ARCH.list` says: the paths of a package, one a line, directories before what is in them.
 * @see https://manpages.debian.org/stable/dpkg/dpkg-query.1.en.html
 */
export function readFileList(path: string, text: string): OwnedFiles {
  const lines = [...textLines(text)].map((line) => layerPath(line.text)).filter((line) => line !== '');
  const paths = lines.filter((line, index) => lines[index + 1]?.startsWith(`${line}/`) !== true);
  return { owner: ownerOf(path, '.list'), paths };
}

/** What `status.d/NAME.md5sums` of an image without dpkg says: a checksum and a path a line. */
export function readChecksums(path: string, text: string): OwnedFiles {
  const paths = [...textLines(text)].flatMap((line) => /^[0-9a-f]{32} [ *](.+)$/.exec(line.text)?.[1] ?? []);
  return { owner: ownerOf(path, '.md5sums'), paths: paths.map(layerPath) };
}

function ownerOf(path: string, extension: string): string {
  const [name = ''] = baseName(path).slice(0, -extension.length).split(':', 1);
  return name;
}

function layerPath(path: string): string {
  return path.replace(/^\.?\/\.?/, '');
}
