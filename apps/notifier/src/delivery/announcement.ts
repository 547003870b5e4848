import { type CloudEvent, makeEvent, NOTIFICATION_CREATED, notificationCreated } from '@clair/contracts';
import type { OutboxEvent } from '@clair/postgres';
import { toNotifiedChange } from '../notified-change.ts';
import type { CommittedSet } from '../store/commit.ts';
import type { StoredNotification } from '../store/pages.ts';
import { callbackUrl } from './callback.ts';

export interface AnnouncementOptions {
  /** Where our API is, as receivers reach it; `undefined` when nobody has said. */
  readonly callback: string | undefined;
  readonly timeMs: number;
}

/**
 * The event that a set was created, with its notifications when they are all of `inline` and fit.
 * Its id derives from the set, so that it is one event however often it is said.
 */
export function announcement(
  set: CommittedSet,
  inline: readonly StoredNotification[],
  { callback, timeMs }: AnnouncementOptions,
): OutboxEvent {
  const where = callback === undefined ? {} : { callback: callbackUrl(callback, set.id) };
  const isComplete = inline.length === set.notifications;
  const data = isComplete
    ? notificationCreated({ notificationId: set.id, notifications: inline.map(toNotifiedChange), ...where })
    : { notificationId: set.id, notifications: [], count: set.notifications, ...where };
  const body = makeEvent(NOTIFICATION_CREATED, data, { source: '/clair/notifier', timeMs }) satisfies CloudEvent;
  return { id: body.id, subject: NOTIFICATION_CREATED, body };
}
