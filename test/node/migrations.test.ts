import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { migrate } from "drizzle-orm/neon-http/migrator";
import { expect, it } from "vitest";
import { startNeon } from "../../dev/neon-http.ts";
import { archiveEvents } from "../../drizzle/archive.ts";
import { readArchive } from "../../drizzle/archived.ts";
import type { LoggedEvent } from "../../protocol/frames.ts";
import { createDb } from "../../drizzle/client.ts";
import { migrateDatabase } from "../../drizzle/migrate.ts";
import { toTexts } from "../logged-texts.ts";

const MIGRATIONS = join(import.meta.dirname, "..", "..", "drizzle", "migrations");

it("[MIG-1] a database of pair chats takes every later migration, and loses nothing of them", async () => {
  const neon = await startNeon({ port: 0, user: "duet", password: "secret", database: "duet" });
  const url = `postgres://duet:secret@127.0.0.1:${neon.port}/duet`;
  const db = createDb(url, 20_000);
  const older = await onlyFirstMigration();
  await migrate(db, { migrationsFolder: older });

  const chat = {
    kind: "pair" as const,
    id: "3kT9vQx7LmZp2RfYc8WbNd",
    users: ["Abhi", "Anny"] as const,
    createdAt: 1_763_632_800_000,
  };
  const events: LoggedEvent[] = [
    { type: "message", seq: 1, id: "m-1", sender: "Abhi", body: "Hello", at: 1_763_632_801_000, sentAt: 5 },
    { type: "message", seq: 2, id: "m-1", sender: "Anny", body: "Hi 👋", at: 1_763_632_802_000, replyTo: 1 },
    { type: "edited", seq: 3, target: 1, sender: "Abhi", body: "Hello!", at: 1_763_632_803_000 },
    { type: "reaction", seq: 4, target: 1, sender: "Anny", emoji: "👍", at: 1_763_632_804_000 },
    { type: "deleted", seq: 5, target: 2, sender: "Anny", at: 1_763_632_805_000 },
  ];
  await archiveEvents(db, chat, toTexts(events), events.length);
  const everything = async () => ({
    chats: (await db.execute(sql`select * from chats order by hash`)).rows,
    messages: (await db.execute(sql`select * from messages order by conversation_id, seq`)).rows,
    page: await readArchive(db, chat.id, 1_000, 50),
  });
  const before = await everything();
  expect(before.messages).toHaveLength(2);

  await migrateDatabase(url);
  await migrateDatabase(url);
  const after = await everything();
  // Later columns may come; what was there stays.
  expect(after).toMatchObject(before);
  await db.execute(sql`select id from accounts`);
  await neon.stop();
  await rm(older, { recursive: true });
});

/** The migrations as they were when there was nothing but pair chats. */
async function onlyFirstMigration(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "duet-migrations-"));
  await cp(MIGRATIONS, folder, { recursive: true });
  const file = join(folder, "meta", "_journal.json");
  const journal = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, 1) }));
  return folder;
}
