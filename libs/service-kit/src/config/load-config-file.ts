import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '@clair/model';
import type { Mode } from './mode-rules.ts';
import type { ConfigProblem } from './problem.ts';
import { type ConfigReading, readConfig } from './read-config.ts';
import { type ConfigSource, sourceKind } from './sources.ts';

const DROP_INS_MAX = 1000;

/**
 * {@link readConfig} of the file at `path` and of the drop-ins in `<path>.d/`, in lexical order; a file there with any
 * other extension is left out, with a warning. A file that cannot be read is a problem.
 */
export function loadConfigFile(path: string, options: { mode?: Mode } = {}): Result<ConfigReading, ConfigProblem[]> {
  if (sourceKind(path)?.effect !== 'merge') return err([{ at: path, message: 'must be a .yaml or .json file' }]);
  const { used, unused } = dropIns(`${path}.d`);
  const read = readSources([path, ...used]);
  if (!read.ok) return read;
  const reading = readConfig(read.value, { ...options, readSecret: readText });
  if (!reading.ok) return reading;
  const message = 'is left out: a drop-in ends in .yaml, .json, .yaml-patch or .json-patch';
  return ok({ ...reading.value, warnings: [...unused.map((at) => ({ at, message })), ...reading.value.warnings] });
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

/** Hidden files (a mounted ConfigMap has some) and copies that an editor left are nobody's drop-ins. */
const NOT_MEANT = /^\.|~$|\.(bak|orig|swp|tmp)$/;

function dropIns(folder: string): { readonly used: readonly string[]; readonly unused: readonly string[] } {
  try {
    const names = readdirSync(folder).sort();
    const pathsOf = (chosen: readonly string[]) => chosen.slice(0, DROP_INS_MAX).map((name) => join(folder, name));
    const isUsed = (name: string) => sourceKind(name) !== undefined;
    return {
      used: pathsOf(names.filter(isUsed)),
      unused: pathsOf(names.filter((name) => !isUsed(name) && !NOT_MEANT.test(name))),
    };
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return { used: [], unused: [] };
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
