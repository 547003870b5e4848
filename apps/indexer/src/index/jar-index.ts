import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { JarIndex } from '@clair/scanners';
import { ServiceError } from '@clair/service-kit';

const PIECE_BYTES = 1024 * 1024;

const FIND = `
select a.group_id as "group", a.artifact_id as artifact, i.version as version
  from indices i join artifacts a on a.id = i.artifact_id where i.sha1 = ?`;

/**
 * Archives by the SHA-1 of all their bytes, from a file in the layout of trivy-java-db: SQLite, with the tables `artifacts` and `indices`.
 * It is read as long as the process runs and never written. Throws `ServiceError('failed-precondition')`, naming the key, for a file
 * that is none; the operator mends that. @see https://github.com/aquasecurity/trivy-java-db
 */
export function openJarIndex(path: string): JarIndex {
  try {
    const { size, mtimeMs } = statSync(path);
    const found = openDatabase(path).prepare(FIND);
    return {
      version: createHash('sha256').update(`${size} ${mtimeMs}`).digest('hex').slice(0, 8),
      find(archive) {
        const hash = createHash('sha1');
        for (let at = 0; at < archive.size; at += PIECE_BYTES) hash.update(archive.read(at, PIECE_BYTES));
        const { group, artifact, version } = found.get(hash.digest()) ?? {};
        if (typeof group !== 'string' || typeof artifact !== 'string' || typeof version !== 'string') return undefined;
        return { group, artifact, version };
      },
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServiceError('failed-precondition', `indexer.java_index_file: ${path}: ${reason}`, { cause: error });
  }
}

/** Loaded when it is needed: Node still calls the module experimental, and says so on standard error. */
function openDatabase(path: string): DatabaseSync {
  const { DatabaseSync: Sqlite } = process.getBuiltinModule('node:sqlite');
  return new Sqlite(path, { readOnly: true });
}
