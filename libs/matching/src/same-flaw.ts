/** An advisory's own id, and other ids of the same flaw. */
export interface FlawNames {
  readonly name: string;
  readonly aliases: readonly string[];
}

const CVE = /^CVE-\d{4}-\d+$/;

/**
 * For each of them, in their order, the id that stands for its flaw: equal for those that have an id in common, own or alias, also through a
 * third. It is a CVE where there is one, and the same whatever their order.
 */
export function flawIds(all: readonly FlawNames[]): readonly string[] {
  /** Of each id another of the same flaw that stands for it. */
  const parents = new Map<string, string>();
  const root = (id: string): string => {
    let at = id;
    for (let up = parents.get(at); up !== undefined; up = parents.get(at)) at = up;
    return at;
  };
  for (const { name, aliases } of all) {
    for (const alias of aliases) {
      const [a, b] = [root(name), root(alias)];
      if (a === b) continue;
      const [first, second] = standsBefore(a, b) ? [a, b] : [b, a];
      parents.set(second, first);
    }
  }
  return all.map(({ name }) => root(name));
}

function standsBefore(a: string, b: string): boolean {
  return CVE.test(a) === CVE.test(b) ? a < b : CVE.test(a);
}
