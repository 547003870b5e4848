import { err, ok, type Result } from '@clair/model';
import { textLines } from '../../text-lines.ts';

/** What Maven calls an artifact. */
export interface Coordinates {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
}

/** What Maven writes into each jar of what went into it. @see https://maven.apache.org/shared/maven-archiver/#pom-properties-content */
export function parsePomProperties(text: string): Result<Coordinates, string> {
  const fields = new Map<string, string>();
  for (const { text: line } of textLines(text)) {
    const [, key = '', value = ''] = /^\s*(groupId|artifactId|version)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== '' && !fields.has(key)) fields.set(key, value);
  }
  const { groupId: group = '', artifactId: artifact = '', version = '' } = Object.fromEntries(fields);
  const missing = ['groupId', 'artifactId', 'version'].filter((key) => (fields.get(key) ?? '') === '');
  if (missing.length > 0) return err(`it has no ${missing.join(' and no ')}`);
  if ([group, artifact, version].some((value) => /[\s${}]/.test(value))) return err('its values were never filled in');
  return ok({ group, artifact, version });
}
