import type { Scanner } from '../../scanner.ts';
import { readDnfHistory } from './history.ts';

const PATHS: ReadonlySet<string> = new Set([
  'var/lib/dnf/history.sqlite',
  'usr/lib/sysimage/dnf/history.sqlite',
  'usr/lib/sysimage/libdnf5/transaction_history.sqlite',
]);

/** The repository of each package that dnf installed. @see https://dnf5.readthedocs.io/en/latest/libdnf5/libdnf5_system_state.html */
export const rhelDnfHistory = {
  id: 'rhel-dnf-history',
  version: '1',
  kind: 'repository',
  fileBytesMax: 128 * 1024 * 1024,
  wants: (path) => PATHS.has(path),
  read: (file) => readDnfHistory(file.bytes),
} satisfies Scanner;
