import type { Distribution } from '@clair/model';
import { namespaceOf } from '../../distributions/index.ts';

/** The distribution that a file names, with its namespace. What the file does not say is empty. */
export function named(known: Partial<Distribution> & Pick<Distribution, 'did'>): Distribution {
  const blank = { name: '', version: '', versionCodeName: '', versionId: '', arch: '', cpe: '', prettyName: '' };
  const distribution = { ...blank, ...known };
  return { ...distribution, namespace: namespaceOf(distribution) };
}
