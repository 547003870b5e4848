import { closeSync, openSync, readSync } from 'node:fs';
import type { ClairConfig } from '@clair/service-kit';

/**
 * A sentence for each file of the `tls` sections that cannot be read, with its key. Where they are used, the failure would be that of
 * an address that cannot be listened on.
 */
export function unreadableFiles({ tls, grpc }: ClairConfig): readonly string[] {
  const files: Readonly<Record<string, string | undefined>> = {
    'tls.cert': tls?.cert,
    'tls.key': tls?.key,
    'grpc.tls.cert': grpc.tls?.cert,
    'grpc.tls.key': grpc.tls?.key,
    'grpc.tls.ca': grpc.tls?.ca,
    'grpc.tls.client_ca': grpc.tls?.client_ca,
  };
  return Object.entries(files).flatMap(([key, path]) => {
    const trouble = path === undefined ? undefined : troubleOf(path);
    return trouble === undefined ? [] : [`${key}: ${path} cannot be read: ${trouble}`];
  });
}

function troubleOf(path: string): string | undefined {
  try {
    const file = openSync(path, 'r');
    try {
      // A directory can be opened, and not be read.
      readSync(file, Buffer.alloc(1));
    } finally {
      closeSync(file);
    }
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return (
      { ENOENT: 'there is no such file', EISDIR: 'it is a directory', EACCES: 'it is not permitted' }[code] ?? code
    );
  }
}
