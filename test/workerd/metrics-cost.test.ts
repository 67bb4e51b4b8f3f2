/** What it costs to be measured: counted, so that a message never pays for it. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Meter } from "../../durable-objects/meter/meter.ts";
import { leave, meter, risenSince, scrape, TOKEN, WAIT } from "./meter.ts";
import { say, setLimits } from "./outage.ts";
import { type Pair, pair, request } from "./pair.ts";
import { countRows } from "./rows.ts";
import { flush } from "./stores.ts";

/** No outbox runs but when it is asked to. */
setLimits({ ARCHIVE_DELAY_MS: 60_000 });

beforeEach(() => void Object.assign(env, { METRICS_TOKEN: TOKEN }));
afterEach(() => void vi.restoreAllMocks());

it("[MET-7] a message costs no report, a run of the outbox one at the most, of two rows; without a token there is none", async () => {
  const report = vi.spyOn(Meter.prototype, "report");
  const reports = () => report.mock.calls.filter(([{ object }]) => object !== undefined).length;
  /** Of thirty messages, their way to Postgres, and one more. */
  async function costsOf(people: Pair, expected: number) {
    const conversation = await countRows(env.CONVERSATION.getByName(people.hash));
    const before = reports();
    await say(people.abhi, ...Array.from({ length: 30 }, (_, index) => `message ${index}`));
    expect(reports()).toBe(before);
    await flush(people.hash);
    await vi.waitFor(() => expect(reports() - before).toBe(expected), WAIT);
    await say(people.abhi, "the last");
    return { reports: reports() - before, rows: conversation() };
  }

  const measured = await pair();
  await flush(measured.hash);
  await vi.waitFor(() => expect(reports()).toBe(1), WAIT);
  await scrape();
  report.mockClear();
  const meterRows = await countRows(meter);
  const costs = await costsOf(measured, 1);
  expect(meterRows()).toBeLessThanOrEqual(2 * report.mock.calls.length);
  // A run that finds nothing new tells nothing.
  await flush(measured.hash);
  await leave(measured);

  Object.assign(env, { METRICS_TOKEN: "" });
  report.mockClear();
  const unmeasured = await pair();
  await flush(unmeasured.hash);
  expect(await costsOf(unmeasured, 0)).toEqual({ reports: 0, rows: costs.rows });
  expect(reports()).toBe(0);
});

it("[MET-8] requests cost no report each: an isolate tells every ten seconds what it counted", async () => {
  const before = await scrape();
  const report = vi.spyOn(Meter.prototype, "report");
  for (let index = 0; index < 50; index += 1) await request("/chat-server/nothing");
  expect(report.mock.calls.length).toBeLessThanOrEqual(1);
  // By itself, without anybody's asking.
  await vi.waitFor(() => expect(report).toHaveBeenCalled(), { timeout: 15_000, interval: 100 });
  expect(report.mock.calls.length).toBeLessThanOrEqual(2);
  expect(await risenSince(before)).toMatchObject({ 'duet_request_duration_seconds_count{endpoint="none"}': 50 });
});
