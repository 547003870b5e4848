export interface ServerSettings {
  readonly port: number;
  /** False: a crash of the machine may lose everything. For tests. */
  readonly durable: boolean;
}

/**
 * The settings of an embedded server, given on its command line so that a newer version of this program changes them on old
 * data too. @see https://www.postgresql.org/docs/current/runtime-config.html
 */
export function serverArguments(settings: ServerSettings): string[] {
  const values: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port: settings.port,
    // A socket's path is limited to 107 bytes, and its directory would have to be open to us and to the server's user.
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    work_mem: '16MB',
    maintenance_work_mem: '128MB',
    max_wal_size: '2GB',
    min_wal_size: '80MB',
    checkpoint_timeout: '15min',
    wal_compression: 'on',
    random_page_cost: 1.1,
    // Compiling a query takes longer than our queries do.
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    // A client that was killed in a long statement should not keep its locks.
    client_connection_check_interval: '10s',
  };
  if (!settings.durable) Object.assign(values, { fsync: 'off', full_page_writes: 'off' });
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
