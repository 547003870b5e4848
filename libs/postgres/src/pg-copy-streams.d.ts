declare module 'pg-copy-streams' {
  import type { Writable } from 'node:stream';
  import type { Connection, Submittable } from 'pg';

  /** A COPY … FROM STDIN that takes the text as it is written; `rowCount` is set when it has finished. */
  export class CopyStreamQuery extends Writable implements Submittable {
    readonly rowCount: number;
    submit(connection: Connection): void;
  }
  export function from(sql: string, options?: { highWaterMark?: number }): CopyStreamQuery;
}
