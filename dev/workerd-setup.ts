/** Runs once before the workerd tests: migrated stand-ins in memory, handed to the Worker as its bindings. */
import type { TestProject } from "vitest/node";
import { startStandIn } from "./stand-in.ts";
import { migrateDatabase } from "../drizzle/migrate.ts";

declare module "vitest" {
  interface ProvidedContext {
    workerBindings: Record<string, string>;
  }
}

const SECRET = "only-for-tests-only-for-tests-only-for-tests";

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [neon, upstash, mailbox] = await Promise.all([
    startStandIn({ kind: "neon", options: { port: 0, user: "duet", password: SECRET, database: "duet" } }),
    startStandIn({ kind: "upstash", options: { port: 0, token: SECRET } }),
    startStandIn({ kind: "mailbox", options: { port: 0, key: SECRET } }),
  ]);
  const databaseUrl = `postgres://duet:${SECRET}@127.0.0.1:${neon.port}/duet`;
  await migrateDatabase(databaseUrl);
  project.provide("workerBindings", {
    DATABASE_URL: databaseUrl,
    UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${upstash.port}`,
    UPSTASH_REDIS_REST_TOKEN: SECRET,
    SESSION_SECRET: SECRET,
    MAIL_API_URL: `http://127.0.0.1:${mailbox.port}/emails`,
    MAIL_API_KEY: SECRET,
    MAIL_FROM: "Duet <duet@localhost>",
  });
  return async () => {
    await Promise.all([neon.stop(), upstash.stop(), mailbox.stop()]);
  };
}
