/**
 * Deleting looks for layers, inventories and packages that nobody refers to, and saving makes references to them: savers share
 * this transaction-level lock, a deletion has it alone, so neither can pull the ground from under the other.
 */
export const REFERENCES_LOCK = "hashtextextended('clair.indexer.references', 0)";
