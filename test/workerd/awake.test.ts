import { expect, it } from "vitest";
import { say, setLimits } from "./outage.ts";
import { evict, pair } from "./pair.ts";
import { archivedMessages, flush, sessionRecord } from "./stores.ts";

it("[ARCH-12] an object may sleep as soon as Postgres and Redis have answered, not when its time limit is over", async () => {
  const STORE_TIMEOUT_MS = 20_000;
  setLimits({ STORE_TIMEOUT_MS });
  const { hash, abhi } = await pair();
  await say(abhi, "one");
  await flush(hash);
  expect(await archivedMessages(hash)).toHaveLength(1);
  expect(await sessionRecord(hash, "Anny")).toMatchObject({ ws_connected: 1 });
  const start = performance.now();
  // The eviction waits for all that runs in the object.
  await evict(hash);
  expect(performance.now() - start).toBeLessThan(STORE_TIMEOUT_MS / 2);
});
