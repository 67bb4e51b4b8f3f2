/** What `@neondatabase/serverless` and `drizzle-orm/neon-http` may rely on, over PGlite and a real Postgres alike. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { neon } from "@neondatabase/serverless";
import { eq, sql } from "drizzle-orm";
import { bigint, boolean, integer, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../dev/json-server.ts";
import { findFreePort } from "../../dev/ports.ts";
import { startStandIn } from "../../dev/stand-in.ts";
import { createDb } from "../../drizzle/client.ts";
import { scratchPostgres } from "./real-servers.ts";

const samples = pgTable("samples", {
  id: integer().primaryKey(),
  text: text(),
  big: bigint({ mode: "number" }),
  flag: boolean(),
  at: timestamp({ withTimezone: true, precision: 3, mode: "date" }),
  json: jsonb(),
  words: text().array(),
  numbers: integer().array(),
});
const CREATE = `CREATE TABLE samples (
  id integer PRIMARY KEY, text text, big bigint, flag boolean, at timestamptz(3), json jsonb, words text[], numbers int[]
)`;
const EMPTY = { text: null, big: null, flag: null, at: null, json: null, words: null, numbers: null };
const access = { user: "duet", password: "p%/ä word", database: "duet" };

const server = await scratchPostgres();
const backends = [
  { backend: "PGlite", serverUrl: undefined, available: true },
  { backend: "a real Postgres", serverUrl: server?.url, available: server !== undefined },
];
afterAll(() => server?.remove());

for (const { backend, serverUrl, available } of backends) {
  describe.skipIf(!available)(`Neon's HTTP over ${backend}`, () => {
    let directory: string;
    let running: RunningServer;

    function start(port: number): Promise<RunningServer> {
      return startStandIn({ kind: "neon", options: { port, ...access, directory, serverUrl } });
    }
    function databaseUrl(changed: Partial<typeof access> = {}): string {
      const { user, password, database } = { ...access, ...changed };
      return `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${running.port}/${database}`;
    }
    function connect() {
      return createDb(databaseUrl(), 10_000);
    }

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), "duet-neon-"));
      // It comes back on the same one.
      running = await start(await findFreePort());
      await connect().execute(CREATE);
    });
    afterAll(async () => {
      await running.stop();
      await rm(directory, { recursive: true });
    });

    it("[LOCAL-1] every column type comes back as it went in", async () => {
      const row = {
        id: 1,
        text: "Grüße, 世界 👋\n\"quoted\" 'and' \\ back",
        big: Number.MAX_SAFE_INTEGER,
        flag: true,
        at: new Date("2026-11-20T09:08:07.654Z"),
        json: { "👍": ["Anny"], nested: { no: null, yes: true, n: 1.5 } },
        words: ["a,b", '"', "NULL", ""],
        numbers: [-1, 0, 2_147_483_647],
      };
      const db = connect();
      expect(await db.insert(samples).values(row).returning()).toEqual([row]);
      expect(await db.select().from(samples).where(eq(samples.id, 1))).toEqual([row]);
    });

    it("[LOCAL-1] nulls stay null, and an empty result is an empty list", async () => {
      const db = connect();
      await db.insert(samples).values({ id: 2 });
      expect(await db.select().from(samples).where(eq(samples.id, 2))).toEqual([{ id: 2, ...EMPTY }]);
      expect(await db.select().from(samples).where(eq(samples.id, -1))).toEqual([]);
    });

    it("[LOCAL-1] the driver's own modes: objects, arrays, full results", async () => {
      const query = neon(databaseUrl());
      expect(await query`SELECT ${7}::int AS a, ${"x"} AS b`).toEqual([{ a: 7, b: "x" }]);
      expect(await query.query("SELECT 7 AS a, 'x' AS b", [], { arrayMode: true })).toEqual([[7, "x"]]);
      const full = await query.query("SELECT 1 AS n UNION ALL SELECT 2", [], { fullResults: true });
      expect(full).toMatchObject({ command: "SELECT", rowCount: 2, fields: [{ name: "n", dataTypeID: 23 }] });
    });

    it("[LOCAL-1] without the driver's headers, rows are objects of JSON values", async () => {
      const answer = await post({ query: "SELECT 1 AS n, true AS yes, 'a' AS word, NULL AS none" }, {});
      expect(answer).toMatchObject({ status: 200, body: { rows: [{ n: 1, yes: true, word: "a", none: null }] } });
    });

    it("[LOCAL-2] an error carries its SQLSTATE and what it is about", async () => {
      const query = neon(databaseUrl());
      await query`INSERT INTO samples (id) VALUES (3)`;
      await expect(query`INSERT INTO samples (id) VALUES (3)`).rejects.toMatchObject({
        name: "NeonDbError",
        code: "23505",
        severity: "ERROR",
        table: "samples",
        constraint: "samples_pkey",
        detail: "Key (id)=(3) already exists.",
      });
      await expect(query`SELEC 1`).rejects.toMatchObject({ code: "42601", position: "1" });
      await expect(query`SELECT 1; SELECT 2`).rejects.toMatchObject({ code: "42601" });
    });

    it("[LOCAL-3] a batch is one transaction: all of it, or nothing", async () => {
      const db = connect();
      const [, second] = await db.batch([
        db.insert(samples).values({ id: 10 }),
        db.insert(samples).values({ id: 11 }).returning({ id: samples.id }),
      ]);
      expect(second).toEqual([{ id: 11 }]);
      const failing = db.batch([db.insert(samples).values({ id: 12 }), db.insert(samples).values({ id: 10 })]);
      await expect(failing).rejects.toMatchObject({ code: "23505" });
      expect(await db.select().from(samples).where(eq(samples.id, 12))).toEqual([]);
    });

    it("[LOCAL-3] a batch takes isolation level and read-only mode", async () => {
      const query = neon(databaseUrl());
      const isolation = { isolationLevel: "Serializable" } as const;
      const results = await query.transaction([query`SHOW transaction_isolation`], isolation);
      expect(results).toEqual([[{ transaction_isolation: "serializable" }]]);
      const write = query.transaction([query`INSERT INTO samples (id) VALUES (20)`], { readOnly: true });
      await expect(write).rejects.toMatchObject({ code: "25006" });
    });

    it("[LOCAL-3] a BEGIN of its own leaves nothing behind", async () => {
      const query = neon(databaseUrl());
      await query`BEGIN`;
      await query`INSERT INTO samples (id) VALUES (30)`;
      await query`ROLLBACK`;
      expect(await query`SELECT id FROM samples WHERE id = 30`).toEqual([{ id: 30 }]);
    });

    it("[LOCAL-4] a wrong password, user or database is refused", async () => {
      const refused = (changed: Partial<typeof access>) => neon(databaseUrl(changed))`SELECT 1`;
      await expect(refused({ password: "wrong" })).rejects.toMatchObject({ code: "28P01" });
      await expect(refused({ user: "other" })).rejects.toMatchObject({ code: "28P01" });
      await expect(refused({ database: "other" })).rejects.toMatchObject({ code: "3D000" });
    });

    it("[LOCAL-5] a bad request is answered as such, and the next one works", async () => {
      expect(await post("not JSON")).toMatchObject({ status: 400 });
      expect(await post({ query: 1 })).toMatchObject({ status: 400 });
      expect(await post({ query: "SELECT 1" }, { "Neon-Connection-String": "nonsense" })).toMatchObject({
        status: 400,
      });
      expect(await post({ query: "SELECT $1::int", params: ["x"] })).toMatchObject({ body: { code: "22P02" } });
      expect(await post({ query: "SELECT $1", params: [] })).toMatchObject({ status: 400 });
      expect(await post({ query: "SELECT 1" })).toMatchObject({ status: 200 });
    });

    it("[LOCAL-5] many requests at once all get their own answer", async () => {
      const db = connect();
      const numbers = Array.from({ length: 100 }, (_, i) => i);
      const answers = await Promise.all(numbers.map((n) => db.execute(sql`SELECT ${n}::int AS n`)));
      expect(answers.map(({ rows }) => rows[0])).toEqual(numbers.map((n) => ({ n })));
    });

    it("[LOCAL-8] the data is there after a restart on the same port", async () => {
      const db = connect();
      await db.insert(samples).values({ id: 40, text: "kept" });
      const { port } = running;
      await running.stop();
      await expect(db.select().from(samples)).rejects.toThrow("Failed query");
      running = await start(port);
      expect(await db.select().from(samples).where(eq(samples.id, 40))).toMatchObject([{ text: "kept" }]);
    });

    async function post(body: unknown, headers: Record<string, string> = { "Neon-Array-Mode": "true" }) {
      const answer = await fetch(`http://127.0.0.1:${running.port}/sql`, {
        method: "POST",
        body: typeof body === "string" ? body : JSON.stringify(body),
        headers: { "Neon-Connection-String": databaseUrl(), ...headers },
      });
      return { status: answer.status, body: await answer.json() };
    }
  });
}
