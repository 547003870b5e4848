import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '@clair/model';
import type { Mode } from './mode-rules.ts';
import type { ConfigProblem } from './problem.ts';
import { type ConfigReading, readConfig } from './read-config.ts';
import { type ConfigSource, sourceKind } from './sources.ts';

const DROP_INS_MAX = 1000;

/**
 * {@link readConfig} of the file at `path` and of the drop-ins in `<path>.d/`, in lexical order; files there with any
 * other extension are ignored. A file that cannot be read is a problem.
 */
export function loadConfigFile(path: string, options: { mode?: Mode } = {}): Result<ConfigReading, ConfigProblem[]> {
  if (sourceKind(path)?.effect !== 'merge') return err([{ at: path, message: 'must be a .yaml or .json file' }]);
  const read = readSources([path, ...dropIns(`${path}.d`)]);
  if (!read.ok) return read;
  return readConfig(read.value, { ...options, readSecret: readText });
}

function readSources(paths: readonly string[]): Result<ConfigSource[], ConfigProblem[]> {
  const problems: ConfigProblem[] = [];
  const sources: ConfigSource[] = [];
  for (const path of paths) {
    const text = readText(path);
    if (text.ok) sources.push({ name: path, text: text.value });
    else problems.push({ at: path, message: text.error });
  }
  return problems.length === 0 ? ok(sources) : err(problems);
}

function dropIns(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => sourceKind(name) !== undefined)
      .sort()
      .slice(0, DROP_INS_MAX)
      .map((name) => join(folder, name));
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}

function readText(path: string): Result<string, string> {
  try {
    return ok(readFileSync(path, 'utf8'));
  } catch (error) {
    return err(errorCode(error) === 'ENOENT' ? 'there is no such file' : `cannot be read (${errorCode(error)})`);
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
