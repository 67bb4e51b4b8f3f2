/** The Redis behind the Upstash stand-in: js-redis-server in this process with a snapshot on disk, or a real server. */
import { Redis } from "ioredis";
import { createIoredisMock } from "js-redis-server";
import { explain } from "./progress.ts";
import { keepSnapshot } from "./redis-snapshot.ts";

export interface RedisBackend {
  /** One connection; every request shares it. */
  redis: Redis;
  /** To be called after a command that may have changed something. */
  changed(): void;
  /** Writes everything to disk and lets go of it. */
  close(): Promise<void>;
}

/**
 * Starts a Redis in this process.
 *
 * @param snapshotFile - what it starts from and keeps up to date, or undefined to keep the data in memory only
 * @throws Error when the snapshot is unreadable
 */
export async function openEmbeddedRedis(snapshotFile: string | undefined): Promise<RedisBackend> {
  const redis = await createIoredisMock();
  if (!(redis instanceof Redis)) throw new TypeError("Without `cluster`, the embedded Redis is a single one.");
  const snapshot = snapshotFile === undefined ? undefined : await keepSnapshot(redis, snapshotFile);
  return {
    redis,
    changed: () => snapshot?.schedule(),
    async close() {
      await snapshot?.finish();
      await redis.quit();
    },
  };
}

/**
 * Connects to a real Redis server.
 *
 * @param url - `redis://user:password@host:port/database`
 * @throws Error when it is unreachable or refuses
 */
export async function openRedisServer(url: string): Promise<RedisBackend> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1, connectTimeout: 5_000 });
  // Commands fail with the reason while it is away; without a listener ioredis prints every attempt to reconnect.
  let reason: unknown;
  redis.on("error", (error) => (reason = error));
  await redis.connect().catch((error: unknown) => {
    redis.disconnect();
    throw new Error(`The Redis server (LOCAL_REDIS_URL) lets nobody in: ${explain(reason ?? error)}`);
  });
  return {
    redis,
    changed: () => undefined,
    async close() {
      await redis.quit();
    },
  };
}
