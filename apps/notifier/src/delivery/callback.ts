/** Where the set can be paged through and deleted: the id under the configured callback address. */
export function callbackUrl(base: string, notificationId: string): string {
  return `${base.endsWith('/') ? base : `${base}/`}${notificationId}`;
}
