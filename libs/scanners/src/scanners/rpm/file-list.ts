import { err, ok, type Result } from '@clair/model';
import type { HeaderBlob } from './header-blob.ts';

const OLD_FILE_NAMES = 1027;
const DIRECTORY_INDEXES = 1116;
const BASE_NAMES = 1117;
const DIRECTORY_NAMES = 1118;

/** `PATH_MAX` of Linux: also keeps a long directory name from being multiplied by a long list. */
const PATH_LENGTH_MAX = 4096;

/**
 * The paths of a package, without their leading slash: directories by number and base names, or, in headers older
 * than rpm 4, whole names.
 */
export function readFileList(header: HeaderBlob): Result<readonly string[], string> {
  const baseNames = header.strings(BASE_NAMES);
  if (!baseNames.ok) return baseNames;
  if (baseNames.value === undefined) return readOldNames(header);
  const directories = header.strings(DIRECTORY_NAMES);
  const indexes = header.integers(DIRECTORY_INDEXES);
  if (!directories.ok) return directories;
  if (!indexes.ok) return indexes;
  if (indexes.value?.length !== baseNames.value.length) {
    return err(`${baseNames.value.length} base names, ${indexes.value?.length ?? 0} directory numbers`);
  }
  const paths: string[] = [];
  for (const [i, base] of baseNames.value.entries()) {
    const directory = directories.value?.[indexes.value[i] ?? -1];
    if (directory === undefined) return err(`file ${i} is in directory ${indexes.value[i]}, which there is not`);
    if (directory.length + base.length > PATH_LENGTH_MAX) return err(`file ${i} has a path that is too long`);
    paths.push(layerPath(directory + base));
  }
  return ok(paths);
}

function readOldNames(header: HeaderBlob): Result<readonly string[], string> {
  const names = header.strings(OLD_FILE_NAMES);
  return names.ok ? ok((names.value ?? []).map(layerPath)) : names;
}

function layerPath(path: string): string {
  return path.startsWith('/') ? path.slice(1) : path;
}
