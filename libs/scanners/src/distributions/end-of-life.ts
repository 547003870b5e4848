/** The end of the ordinary security support of a release: of what everybody gets without a contract for longer support. */
export interface EndOfLife {
  /** The namespace of the release: `debian:9`. */
  readonly release: string;
  /** The last day of support, `YYYY-MM-DD`. */
  readonly date: string;
  /** What still comes after it, where the vendor publishes advisories for longer, or who publishes them instead. */
  readonly note?: string;
}

/** One entry a release; what `dates` calls it follows `prefix` in its namespace. */
export function endsOfLife(
  prefix: string,
  dates: Readonly<Record<string, string>>,
  note?: string,
): readonly EndOfLife[] {
  const common = note === undefined ? {} : { note };
  return Object.entries(dates).map(([release, date]) => ({ release: `${prefix}${release}`, date, ...common }));
}
