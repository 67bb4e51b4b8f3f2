/** One record per person and chat: a mirror, written by the Conversation object, of who is there and what waits. */
import type { Redis } from "./client.ts";
import { keys } from "./keys.ts";

/** Field names as the first documents of the project spell them. */
export interface SessionRecord {
  chat_id: string;
  sender: string;
  reciver: string;
  /** ISO 8601, UTC: the last moment the person is known to have been there. */
  last_seen: string;
  ws_connected: 0 | 1;
  /** Messages from the other person that wait while this one is away; 0 while connected. */
  notify: number;
}

/**
 * Writes whole records, so that writing again after an outage needs no history. One round trip.
 *
 * @param ttlSeconds - how long a record outlives its last write
 */
export async function writeSessionRecords(
  redis: Redis,
  records: readonly SessionRecord[],
  ttlSeconds: number,
): Promise<void> {
  const transaction = redis.multi();
  for (const record of records) {
    const key = keys.session(record.chat_id, record.sender);
    transaction.hset(key, { ...record });
    transaction.expire(key, ttlSeconds);
  }
  await transaction.exec();
}

export async function deleteSessionRecords(redis: Redis, hash: string, users: readonly string[]): Promise<void> {
  await redis.del(...users.map((user) => keys.session(hash, user)));
}
