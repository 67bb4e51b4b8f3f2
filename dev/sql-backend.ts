/** The Postgres behind the Neon stand-in: PGlite on disk, or a real server. Both are spoken to through `pg`. */
import { mkdir } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { createPgConfig } from "@electric-sql/pglite/node-postgres";
import pg from "pg";
import { explain } from "./progress.ts";

/** Leaves every value as the text that Postgres sent: the driver at the other end parses it. */
const types = { getTypeParser: () => (text: string) => text };

export interface SqlBackend {
  /** A connection of one's own until it is released. */
  connect(): Promise<pg.PoolClient>;
  /** Writes everything to disk and lets go of it. */
  close(): Promise<void>;
}

/**
 * Opens, or creates, a PGlite database.
 *
 * @param directory - where its files are, or undefined to keep it in memory
 * @throws Error when the files are unreadable or of another Postgres version
 */
export async function openPglite(directory: string | undefined): Promise<SqlBackend> {
  if (directory !== undefined) await mkdir(directory, { recursive: true });
  const pglite = await PGlite.create(directory ?? "memory://");
  // PGlite is one session. A second pooled client would share its transactions, and replacing an idle one gains nothing.
  const pool = new pg.Pool(Object.assign(createPgConfig(pglite), { max: 1, idleTimeoutMillis: 0, types }));
  return {
    connect: () => pool.connect(),
    async close() {
      await pool.end();
      await pglite.close();
    },
  };
}

/**
 * Connects to a real Postgres server.
 *
 * @param url - `postgres://user:password@host:port/database`
 * @throws Error when it is unreachable or refuses
 */
export async function openPostgres(url: string): Promise<SqlBackend> {
  const pool = new pg.Pool({ connectionString: url, types, max: 10, connectionTimeoutMillis: 5_000 });
  // An idle connection that the server drops is replaced on the next connect; without a listener it ends the process.
  pool.on("error", () => undefined);
  await pool.query("SELECT 1").catch(async (error: unknown) => {
    await pool.end();
    throw new Error(`The Postgres server (LOCAL_POSTGRES_URL) lets nobody in: ${explain(error)}`);
  });
  return { connect: () => pool.connect(), close: () => pool.end() };
}
