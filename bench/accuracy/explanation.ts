/** Why two verdicts differ, and who is right. A class of docs/accuracy.md, under the heading of its id. */
export interface Explanation {
  readonly id: string;
  readonly right: 'ours' | 'theirs' | 'both' | 'not known';
  /** One sentence, for a table. */
  readonly says: string;
}
