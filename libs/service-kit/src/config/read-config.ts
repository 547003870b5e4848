import { err, ok, type Result } from '@clair/model';
import { inheritDatabases, type Mode, modeProblems, modeWarnings } from './mode-rules.ts';
import type { ConfigProblem } from './problem.ts';
import { type ClairConfig, configSchemaNode } from './schema.ts';
import { type ReadSecret, resolveSecretFiles } from './secret-files.ts';
import { type ConfigSource, mergeSources } from './sources.ts';
import { validate } from './validate.ts';

/** A configuration that can be used, and what its author should know of it. */
export interface ConfigReading {
  readonly config: ClairConfig;
  readonly mode: Mode;
  readonly warnings: readonly ConfigProblem[];
}

export interface ReadConfigOptions {
  /** Default `combo`. */
  readonly mode?: Mode;
  /** How files named by `…_file` keys are read. Without it, such keys are problems. */
  readonly readSecret?: ReadSecret;
}

const noSecretFiles: ReadSecret = () => err('cannot be read here');

/**
 * The configuration that the sources make together (none: all defaults), with defaults and inherited values in place;
 * or everything that is wrong with it, by key path. Pure: reads no file but through `readSecret`.
 */
export function readConfig(
  sources: readonly ConfigSource[],
  options: ReadConfigOptions = {},
): Result<ConfigReading, ConfigProblem[]> {
  const merged = mergeSources(sources);
  return merged.ok ? readConfigValue(merged.value, options) : merged;
}

/** {@link readConfig} of a document that is parsed already. */
export function readConfigValue(
  document: unknown,
  { mode = 'combo', readSecret = noSecretFiles }: ReadConfigOptions = {},
): Result<ConfigReading, ConfigProblem[]> {
  const checked = validate(configSchemaNode, document);
  if (checked.value === undefined) return err([...checked.problems]);
  // Safety: `validate` gives the schema's static type, but for members that are reported as missing; `withDerived`
  // fills in what this type says beyond the schema.
  const secrets = resolveSecretFiles(withDerived(checked.value as ClairConfig, mode), readSecret);
  const config = inheritDatabases(secrets.config, mode);
  const problems = [...checked.problems];
  for (const problem of [...secrets.problems, ...modeProblems(config, mode)]) {
    if (!problems.some(({ at }) => problem.at.startsWith(at))) problems.push(problem);
  }
  if (problems.length > 0) return err(problems);
  return ok({ config, mode, warnings: [...checked.warnings, ...modeWarnings(config, mode)] });
}

/** Defaults that depend on another key or on the mode. */
function withDerived(config: ClairConfig, mode: Mode): ClairConfig {
  const { matcher, updater, indexer } = config;
  const retention = matcher.update_retention;
  return {
    ...config,
    indexer: { ...indexer, allow_loopback: indexer.allow_loopback ?? mode === 'combo' },
    matcher: {
      ...matcher,
      cache_age: matcher.cache_age ?? matcher.period,
      update_retention: retention === 0 || retention === 1 ? 10 : retention,
    },
    updater: { ...updater, period: updater.period ?? matcher.period },
  };
}
