/** `npm run deploy`: migrations first, so that the new Worker never meets an old schema; then pages and Worker. */
import { spawnSync } from "node:child_process";
import { migrateDatabase } from "../drizzle/migrate.ts";
import { ROOT } from "./paths.ts";
import { explain, step } from "./progress.ts";
import { buildWeb } from "./web-build.ts";

const { DATABASE_URL } = process.env;
if (DATABASE_URL === undefined) {
  console.error("Set DATABASE_URL to your Neon database: DATABASE_URL=postgres://… npm run deploy");
  process.exit(1);
}
try {
  await step("Migrations", () => migrateDatabase(DATABASE_URL));
  await step("Web pages", () => buildWeb());
} catch (error) {
  console.error(`\n${explain(error)}`);
  process.exit(1);
}
process.exit(spawnSync("wrangler", ["deploy"], { cwd: ROOT, stdio: "inherit" }).status ?? 1);
