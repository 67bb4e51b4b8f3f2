/** Keeps an embedded Redis over a restart: a file with the commands that would make its data again. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Redis } from "ioredis";
import * as z from "zod";

/** Milliseconds from a change to the file. A kill -9 loses at most these. */
const DELAY_MS = 200;

/** The commands that make the whole data again, in one atomic look. Streams are left out: Duet has none. */
const DUMP = `
local function list(command, values)
  for _, value in ipairs(values) do command[#command + 1] = value end
  return command
end
local function swapPairs(values)
  for i = 1, #values, 2 do values[i], values[i + 1] = values[i + 1], values[i] end
  return values
end
local make = {
  string = function(key) return {"SET", key, redis.call("GET", key)} end,
  hash = function(key) return list({"HSET", key}, redis.call("HGETALL", key)) end,
  list = function(key) return list({"RPUSH", key}, redis.call("LRANGE", key, 0, -1)) end,
  set = function(key) return list({"SADD", key}, redis.call("SMEMBERS", key)) end,
  zset = function(key) return list({"ZADD", key}, swapPairs(redis.call("ZRANGE", key, 0, -1, "WITHSCORES"))) end,
}
local commands = {}
for _, key in ipairs(redis.call("KEYS", "*")) do
  local makeCommand = make[redis.call("TYPE", key).ok]
  if makeCommand then
    commands[#commands + 1] = makeCommand(key)
    local expiry = redis.call("PEXPIRETIME", key)
    if expiry > 0 then commands[#commands + 1] = {"PEXPIREAT", key, tostring(expiry)} end
  end
end
return commands`;

/** Commands whose arguments are base64: values need not be text. */
const Snapshot = z.array(z.tuple([z.string()], z.string()));
const Dump = z.array(z.array(z.instanceof(Uint8Array)));

export interface SnapshotKeeper {
  /** Writes the file soon. Cheap to call often. */
  schedule(): void;
  /** Writes what is not written yet. */
  finish(): Promise<void>;
}

/**
 * Restores `file` into an empty Redis, and from then on writes it when told of a change.
 *
 * @throws Error when the file is there but is not a snapshot
 */
export async function keepSnapshot(redis: Redis, file: string): Promise<SnapshotKeeper> {
  await restore(redis, file);
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  function write(): void {
    timer = undefined;
    writing = writing
      .then(() => save(redis, file))
      .catch((error: unknown) => console.error(`The Redis snapshot ${file} was not written:`, error));
  }

  return {
    schedule() {
      timer ??= setTimeout(write, DELAY_MS);
    },
    async finish() {
      if (timer !== undefined) {
        clearTimeout(timer);
        write();
      }
      await writing;
    },
  };
}

async function save(redis: Redis, file: string): Promise<void> {
  const commands = Dump.parse(await redis.callBuffer("EVAL", DUMP, 0));
  const text = JSON.stringify(commands.map((command) => command.map((part) => Buffer.from(part).toString("base64"))));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

async function restore(redis: Redis, file: string): Promise<void> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "[]";
    throw error;
  });
  const pipeline = redis.pipeline();
  for (const [name, ...args] of Snapshot.parse(JSON.parse(text))) {
    pipeline.call(Buffer.from(name, "base64").toString(), ...args.map((part) => Buffer.from(part, "base64")));
  }
  for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
}
