/** Brings a database to the newest schema. Run as a program it migrates `DATABASE_URL`, as `npm run deploy` does. */
import { join } from "node:path";
import { migrate } from "drizzle-orm/neon-http/migrator";
import { createDb } from "./client.ts";

const MIGRATION_TIMEOUT_MS = 120_000;

/**
 * Applies the generated migrations that the database lacks, in order.
 *
 * @param databaseUrl - as for `createDb`
 * @throws when the database refuses or does not answer
 */
export async function migrateDatabase(databaseUrl: string): Promise<void> {
  const migrationsFolder = join(import.meta.dirname, "migrations");
  await migrate(createDb(databaseUrl, MIGRATION_TIMEOUT_MS), { migrationsFolder });
}

if (import.meta.main) {
  const { DATABASE_URL } = process.env;
  if (!DATABASE_URL) throw new Error("Set DATABASE_URL to the Postgres to migrate.");
  await migrateDatabase(DATABASE_URL);
}
