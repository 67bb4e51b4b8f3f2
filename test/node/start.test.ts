import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findFreePort, untilPortFree } from "../../dev/ports.ts";

const START = join(import.meta.dirname, "..", "..", "dev", "start.ts");
/** Enough to build the pages first, when they are stale. */
const START_TIMEOUT_MS = 180_000;

describe("npm start", { timeout: START_TIMEOUT_MS }, () => {
  let state: string;
  let port: number;
  let started: { child: ChildProcess; exited: Promise<number> }[];

  beforeEach(async () => {
    state = await mkdtemp(join(tmpdir(), "duet-start-"));
    port = await findFreePort();
    started = [];
  });
  afterEach(async () => {
    for (const { child, exited } of started) {
      child.kill("SIGKILL");
      await exited;
    }
    // Whoever still writes there would keep the folder from being removed.
    await expectNothingLeft();
    await rm(state, { recursive: true });
  });

  it("[LOCAL-9] a taken port is named, with what to do about it", async () => {
    const other = createServer().listen(port, "127.0.0.1");
    await once(other, "listening");
    const { code, output } = await run();
    other.close();
    expect(code).toBe(1);
    expect(output.trim()).toBe(`Port ${port} is taken. Choose another one: PORT=${port + 1} npm start`);
  });

  it("[LOCAL-9] a wrong PORT is explained", async () => {
    const { code, output } = await run({ PORT: "http" });
    expect(code).toBe(1);
    expect(output.trim()).toBe("PORT is a number from 1 to 65535, such as: PORT=8788 npm start");
  });

  it("[LOCAL-10] Ctrl-C ends all of it, and the next start has the data", async () => {
    const first = await startDuet();
    const hash = await register();
    first.child.kill("SIGINT");
    expect(await first.exited).toBe(0);
    await expectNothingLeft();

    const second = await startDuet();
    expect(await usersOf(hash)).toEqual(["Abhi", "Anny"]);
    second.child.kill("SIGTERM");
    expect(await second.exited).toBe(0);
    await expectNothingLeft();
  });

  it("[LOCAL-11] killed, it leaves nothing running, and the next start has the data", async () => {
    const first = await startDuet();
    const hash = await register();
    first.child.kill("SIGKILL");
    await first.exited;
    await expectNothingLeft();

    await startDuet();
    expect(await usersOf(hash)).toEqual(["Abhi", "Anny"]);
  });

  it("[LOCAL-12] a second one with the same state is refused", async () => {
    await startDuet();
    const { code, output } = await run({ PORT: String(await findFreePort()) });
    expect(code).toBe(1);
    expect(output).toContain("Duet already runs");
  });

  it("[LOCAL-13] when the Worker dies, it says so and ends the rest", async () => {
    const duet = await startDuet();
    const worker = (await processes()).find((line) => line.includes("leash.ts") && line.includes(state));
    process.kill(-Number.parseInt(worker ?? "", 10), "SIGKILL");
    expect(await duet.exited).toBe(1);
    expect(duet.output()).toContain("The Worker has ended.");
    await expectNothingLeft();
  });

  it("[LOCAL-14] with METRICS_TOKEN the metrics are there, for whoever has it", async () => {
    await startDuet({ METRICS_TOKEN: "any-text" });
    const statusWith = async (token: string) => {
      const headers = { Authorization: `Bearer ${token}` };
      return (await fetch(`http://localhost:${port}/chat-server/metrics`, { headers })).status;
    };
    expect([await statusWith("any-text"), await statusWith("another")]).toEqual([200, 401]);
  });

  async function startDuet(env: Record<string, string> = {}) {
    const duet = launch(env);
    await Promise.race([duet.saying(`Duet is ready on http://localhost:${port}\n`), duet.exited]);
    expect(duet.output()).toContain("Duet is ready");
    return duet;
  }

  async function run(env: Record<string, string> = {}) {
    const duet = launch(env);
    return { code: await duet.exited, output: duet.output() };
  }

  function launch(env: Record<string, string>) {
    const settings = { PORT: String(port), LOCAL_STATE: state, NO_COLOR: "1", ...env };
    const child = spawn(process.execPath, [START], { env: { ...process.env, ...settings } });
    let output = "";
    const exited = once(child, "close").then(([code]) => Number(code));
    started.push({ child, exited });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
    async function saying(text: string): Promise<void> {
      while (!output.includes(text)) await once(child.stdout, "data");
    }
    return { child, exited, saying, output: () => output };
  }

  async function register(): Promise<string> {
    const answer = await fetch(`http://localhost:${port}/chat-server/register`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ userOne: "Abhi", userTwo: "Anny" }),
    });
    const { data } = await answer.json();
    return data.hash;
  }

  async function usersOf(hash: string): Promise<unknown> {
    const answer = await fetch(`http://localhost:${port}/chat-server/user/${hash}`);
    const { data } = await answer.json();
    return data.users;
  }

  async function expectNothingLeft(): Promise<void> {
    await untilPortFree(port);
    // What was killed is gone a moment later.
    await expect.poll(async () => (await processes()).filter((line) => line.includes(state))).toEqual([]);
  }

  /** One line per process: its id and its arguments, which for the Worker's name the folder of the state. */
  async function processes(): Promise<string[]> {
    const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid,args"]);
    return stdout.split("\n");
  }
});
