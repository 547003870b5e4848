import type { ScanOutcome } from '../../scanner.ts';
import { idFor } from './distribution-names.ts';
import { parseReleaseFields } from './fields.ts';
import { named } from './named-distribution.ts';

/** os-release(5). Without `ID` it names no distribution, and that is a problem of it; `ID_LIKE` is not read. */
export function readOsRelease(text: string): ScanOutcome {
  const { fields, problems } = parseReleaseFields(text);
  const field = (key: string): string => fields.get(key) ?? '';
  if (field('ID') === '') return { packages: [], problems: [...problems, 'no ID: the distribution is not named'] };
  const distribution = named({
    did: field('ID'),
    name: field('NAME'),
    version: field('VERSION'),
    versionCodeName: field('VERSION_CODENAME'),
    versionId: field('VERSION_ID'),
    arch: field('ARCHITECTURE'),
    cpe: field('CPE_NAME'),
    prettyName: field('PRETTY_NAME'),
  });
  return { packages: [], distribution, problems };
}

/** `lsb-release` as Ubuntu has it. Files with only `LSB_VERSION` name no distribution, and that is no defect. */
export function readLsbRelease(text: string): ScanOutcome {
  const { fields, problems } = parseReleaseFields(text);
  const field = (key: string): string => fields.get(key) ?? '';
  const name = field('DISTRIB_ID');
  if (name === '') return { packages: [], problems };
  const distribution = named({
    did: idFor(name),
    name,
    versionCodeName: field('DISTRIB_CODENAME'),
    versionId: field('DISTRIB_RELEASE'),
    prettyName: field('DISTRIB_DESCRIPTION'),
  });
  return { packages: [], distribution, problems };
}
