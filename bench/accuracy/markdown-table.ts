/** A table in Markdown; numbers are set to the right. The keys of the first row are its head. */
export function markdownTable(rows: readonly Readonly<Record<string, string | number>>[]): string {
  const [first] = rows;
  if (first === undefined) return '(none)';
  const keys = Object.keys(first);
  const body = rows.map((row) => keys.map((key) => String(row[key] ?? '')));
  const widths = keys.map((key, at) => Math.max(key.length, 3, ...body.map((cells) => cells[at]?.length ?? 0)));
  const isNumber = keys.map((key) => rows.every((row) => typeof row[key] === 'number' || row[key] === '–'));
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, at) => {
      const width = widths[at] ?? 0;
      return isNumber[at] ? cell.padStart(width) : cell.padEnd(width);
    });
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, at) => (isNumber[at] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(keys), line(rule), ...body.map(line)].join('\n');
}
