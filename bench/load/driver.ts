/** The process that makes load: gets one scenario, sends one result. */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { percentile } from "../figures.ts";
import { openChats } from "./chats.ts";
import { Meter } from "./meter.ts";
import { type IdleScenario, type LoadResult, type LoadScenario, Scenario } from "./scenario.ts";

process.once("message", (message) => {
  const scenario = Scenario.parse(message);
  void (scenario.kind === "load" ? load(scenario) : idle(scenario));
});
process.once("disconnect", () => process.exit());

async function load(scenario: LoadScenario): Promise<void> {
  const meter = new Meter(scenario);
  await meter.open();
  meter.start();
  await sleep(scenario.warmUpMs);
  const before = await meter.read();
  await sleep(scenario.measureMs);
  const after = await meter.read();
  await meter.drain();
  const seconds = after.at - before.at;
  const perSecond = (pick: (reading: typeof before) => number) => (pick(after) - pick(before)) / seconds;
  process.send?.({
    throughput: perSecond(({ stored }) => stored),
    deliveries: perSecond(({ arrived }) => arrived),
    ack: summary(meter.ackMs.slice(before.acks, after.acks)),
    push: summary(meter.pushMs.slice(before.pushes, after.pushes)),
    refused: meter.refused,
    serverCpu: perSecond(({ serverCpu }) => serverCpu),
    driverCpu: perSecond(({ driverCpu }) => driverCpu),
  } satisfies LoadResult);
}

/** Says when all are open, and stops their pings when it is told to. */
async function idle(scenario: IdleScenario): Promise<void> {
  const nothing = () => undefined;
  const open = await openChats(
    { ...scenario, socketsEach: 1 },
    { stored: nothing, refused: nothing, arrived: nothing },
  );
  process.send?.("open");
  await once(process, "message");
  for (const chat of open) chat.silence();
}

function summary(ms: readonly number[]) {
  return ms.length === 0 ? { p50: 0, p99: 0 } : { p50: percentile(ms, 0.5), p99: percentile(ms, 0.99) };
}
