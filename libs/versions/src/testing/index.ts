export { EXPLAINED_ROWS } from './explained-rows.ts';
export { readTruthTables, TRUTH_TABLES, type TruthRow, type TruthTable, truthRows } from './truth-tables.ts';
