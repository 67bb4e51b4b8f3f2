/** Reads a Conversation object's own database, from outside, while it runs. */
import { copyFile, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import { LoggedEvent } from "../../protocol/frames.ts";
import type { LogRow } from "./checker.ts";

const Row = z.object({ seq: z.int(), sender: z.string(), id: z.string(), frame: z.string() });
const Owner = z.object({ id: z.string() });
const Membership = z.object({ account_id: z.string(), role: z.string() });

/**
 * @param directory - of the stack
 * @returns the file of a chat's object; undefined where there is none
 */
export async function findObjectFile(directory: string, hash: string): Promise<string | undefined> {
  const folder = join(directory, "objects", "Conversation");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sqlite"));
  const files = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })));
  // Whoever looks for a chat has just made or used it.
  for (const { name } of files.sort((a, b) => b.at - a.at)) {
    const file = join(folder, name);
    const owner = await read(file, (database) =>
      Owner.safeParse(database.prepare("select id from conversation").get()),
    );
    if (owner?.data?.id === hash) return file;
  }
  return undefined;
}

/** @returns every event that the object keeps, oldest first */
export async function readObjectLog(file: string): Promise<LogRow[]> {
  const statement = "select seq, sender, id, frame from events order by seq";
  const rows = await read(file, (database) => z.array(Row).parse(database.prepare(statement).all()));
  return (rows ?? []).map(({ frame, ...row }) => ({ ...row, event: LoggedEvent.parse(JSON.parse(frame)) }));
}

/** @returns the role of every member, by account id */
export async function readObjectRoles(file: string): Promise<Record<string, string>> {
  const statement = "select account_id, role from memberships where role is not null";
  const rows = await read(file, (database) => z.array(Membership).parse(database.prepare(statement).all()));
  return Object.fromEntries((rows ?? []).map(({ account_id: id, role }) => [id, role]));
}

/** Reads a copy: the runtime holds the original, with its journal, open. Undefined when there is no such table. */
async function read<T>(file: string, query: (database: DatabaseSync) => T): Promise<T | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "duet-log-"));
  try {
    const copy = join(folder, "copy.sqlite");
    await copyFile(file, copy);
    await copyFile(`${file}-wal`, `${copy}-wal`).catch(() => undefined);
    const database = new DatabaseSync(copy);
    try {
      return query(database);
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof Error && /no such table|malformed/.test(error.message)) return undefined;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
