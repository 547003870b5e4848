/** `just now`, `12 minutes ago`, `3 hours ago`, `8 days ago`; `never` for an empty instant and for 1970. */
export function age(instant: string, nowMs: number): string {
  if (instant === '' || Date.parse(instant) <= 0) return 'never';
  const minutes = Math.floor((nowMs - Date.parse(instant)) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 120) return plural(minutes, 'minute');
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? plural(hours, 'hour') : plural(Math.floor(hours / 24), 'day');
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
}
