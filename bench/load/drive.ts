/** Starts a driver process for a scenario. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { LoadResult, type IdleScenario, type LoadScenario } from "./scenario.ts";

const DRIVER = new URL("./driver.ts", import.meta.url);

/** @throws Error when the driver ends without a result; what it said is on our stderr */
export async function drive(scenario: LoadScenario): Promise<LoadResult> {
  const driver = fork(DRIVER);
  driver.send(scenario);
  const result = LoadResult.parse(await answer(driver));
  await end(driver);
  return result;
}

export interface OpenSockets {
  /** No pings from now on. */
  silence(): void;
  close(): Promise<void>;
}

/** @returns once all are open */
export async function holdOpen(scenario: IdleScenario): Promise<OpenSockets> {
  const driver = fork(DRIVER);
  driver.send(scenario);
  await answer(driver);
  return { silence: () => driver.send("silence"), close: () => end(driver) };
}

async function answer(driver: ChildProcess): Promise<unknown> {
  const ended = once(driver, "exit").then(() => Promise.reject(new Error("The driver ended early.")));
  const [message]: unknown[] = await Promise.race([once(driver, "message"), ended]);
  ended.catch(() => undefined);
  return message;
}

async function end(driver: ChildProcess): Promise<void> {
  driver.kill();
  if (driver.exitCode === null && driver.signalCode === null) await once(driver, "exit");
}
