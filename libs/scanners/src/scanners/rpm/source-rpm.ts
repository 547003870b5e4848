import { err, ok, type Result } from '@clair/model';
import { quoted } from '../../plain-text.ts';

/** The parts of a source package's file name. */
export interface SourceRpm {
  readonly name: string;
  readonly version: string;
  readonly release: string;
}

/** `name-version-release.src.rpm`, or `.nosrc.rpm` where sources may not be given away. Only names may have dashes. */
export function parseSourceRpm(fileName: string): Result<SourceRpm, string> {
  const [, name, version, release] = /^(.+)-([^-]+)-([^-]+)\.(?:no)?src\.rpm$/.exec(fileName) ?? [];
  if (name === undefined || version === undefined || release === undefined) {
    return err(`the source package does not read: ${quoted(fileName)}`);
  }
  return ok({ name, version, release });
}
