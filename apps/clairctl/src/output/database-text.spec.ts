import { expect, it } from 'vitest';
import { renderDatabase } from './database-text.ts';

const MIB = 1024 ** 2;
const table = (name: string, mib: number, rows?: number) => ({
  table: name,
  rows: mib < 1 ? 10 : (rows ?? null),
  rows_estimated: mib >= 1,
  table_bytes: mib * MIB,
  index_bytes: (mib * MIB) / 2,
  dead_rows: 1,
});

it('shows large tables, sums up small ones, and all of them', () => {
  const services = [
    { service: 'indexer', tables: [table('inventory', 6, 546), table('layer', 0.1), table('outbox', 0.1)] },
    { service: 'matcher', tables: [table('affected', 4)] },
  ];
  expect(
    renderDatabase(services)
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
  ).toEqual([
    ['SERVICE', 'TABLE', 'ROWS', 'DEAD ROWS', 'TABLE MIB', 'INDEX MIB'],
    ['indexer', 'inventory', '~546', '1', '6.0', '3.0'],
    ['indexer', 'others', '20', '2', '0.2', '0.1'],
    ['matcher', 'affected', '–', '1', '4.0', '2.0'],
    ['matcher', 'others', '0', '0', '0.0', '0.0'],
    ['', 'all', '–', '4', '10.2', '5.1'],
    [''],
  ]);
});
