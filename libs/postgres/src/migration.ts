/** One step of a schema's history. Never edited once released: its text is hashed and remembered. */
export interface Migration {
  /** Unique, sorting in the order of application within its family: `0001-advisories`; the platform's own are `p001-…`. */
  readonly id: string;
  /** Any number of statements; they run in one transaction, so nothing `concurrently`. `{schema}` stands for the schema's name. */
  readonly sql: string;
}
