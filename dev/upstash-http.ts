/**
 * Upstash's REST API as `@upstash/redis` speaks it, in front of any Redis: one command at `/`, several at `/pipeline`,
 * several as a transaction at `/multi-exec`.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { ChainableCommander } from "ioredis";
import * as z from "zod";
import { type JsonAnswer, type JsonRequest, type RunningServer, serveJson } from "./json-server.ts";
import { openEmbeddedRedis, openRedisServer, type RedisBackend } from "./redis-backend.ts";

export const UpstashOptions = z.object({
  /** 0 takes any free one. */
  port: z.int(),
  token: z.string(),
  /** Where the embedded Redis keeps its data. Without it, and without `serverUrl`, the data is in memory only. */
  snapshotFile: z.string().optional(),
  /** A real server to use instead of the embedded one. */
  serverUrl: z.string().optional(),
});
export type UpstashOptions = z.infer<typeof UpstashOptions>;

/** Each request is one HTTP exchange on a shared connection, so what changes or holds a connection is refused. */
const UNAVAILABLE = new Set(
  (
    "AUTH BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN CLIENT DISCARD EXEC HELLO MONITOR MULTI " +
    "PSUBSCRIBE PUNSUBSCRIBE QUIT RESET SELECT SHUTDOWN SSUBSCRIBE SUBSCRIBE SUNSUBSCRIBE UNSUBSCRIBE UNWATCH WATCH"
  ).split(" "),
);
/** Commands after which the data is surely as before. */
const READS = new Set("EXISTS GET HGET HGETALL HMGET KEYS MGET PING PTTL SCAN SCRIPT TTL TYPE".split(" "));

const Argument = z.unknown().transform((value) => (typeof value === "string" ? value : JSON.stringify(value)));
const CommandName = z
  .string()
  .toUpperCase()
  .refine((name) => !UNAVAILABLE.has(name), {
    error: ({ input }) => `ERR Command is not available: '${String(input)}'`,
  });
const Command = z.tuple([CommandName], Argument);
type Command = z.infer<typeof Command>;
const Commands = z.array(Command);

type Outcome = { result: unknown } | { error: string };

/**
 * Starts the stand-in.
 *
 * @throws Error when the port is taken or Redis does not open
 */
export async function startUpstash(options: UpstashOptions): Promise<RunningServer> {
  const backend = options.serverUrl
    ? await openRedisServer(options.serverUrl)
    : await openEmbeddedRedis(options.snapshotFile);
  const expected = digest(`Bearer ${options.token}`);
  async function answerWhoMay(request: JsonRequest): Promise<JsonAnswer> {
    if (!timingSafeEqual(digest(request.headers.authorization ?? ""), expected)) {
      return { status: 401, body: { error: "WRONGPASS invalid or missing auth token" } };
    }
    return answer(request, backend);
  }
  return serveJson(options.port, answerWhoMay, () => backend.close());
}

async function answer(request: JsonRequest, backend: RedisBackend): Promise<JsonAnswer> {
  if (request.method !== "POST") return { status: 405, body: { error: "ERR send a POST" } };
  const encode = request.headers["upstash-encoding"] === "base64" ? toBase64 : toText;
  try {
    const body: unknown = JSON.parse(request.body);
    switch (request.path) {
      case "/": {
        const [outcome] = await runPipeline([Command.parse(body)], backend, encode);
        return { status: outcome !== undefined && "result" in outcome ? 200 : 400, body: outcome };
      }
      case "/pipeline":
        return { status: 200, body: await runPipeline(Commands.parse(body), backend, encode) };
      case "/multi-exec":
        return { status: 200, body: await runTransaction(Commands.parse(body), backend, encode) };
      default:
        return { status: 404, body: { error: `ERR no such path: ${request.path}` } };
    }
  } catch (error) {
    return { status: 400, body: { error: describe(error) } };
  }
}

async function runPipeline(commands: Command[], backend: RedisBackend, encode: Encode): Promise<Outcome[]> {
  return run(backend.redis.pipeline(), commands, backend, encode);
}

/** @throws the EXECABORT error when Redis discards the transaction; then no command ran */
async function runTransaction(commands: Command[], backend: RedisBackend, encode: Encode): Promise<Outcome[]> {
  return run(backend.redis.multi(), commands, backend, encode);
}

async function run(
  batch: ChainableCommander,
  commands: Command[],
  backend: RedisBackend,
  encode: Encode,
): Promise<Outcome[]> {
  // ioredis turns a lower-case `hgetall` into an object; Upstash answers with Redis' own flat array.
  for (const [name, ...args] of commands) batch.callBuffer(name, ...args);
  const replies = (await batch.exec()) ?? [];
  if (commands.some(([name]) => !READS.has(name))) backend.changed();
  return replies.map(([error, reply]) => (error === null ? { result: encode(reply) } : { error: error.message }));
}

type Encode = (reply: unknown) => unknown;

function toText(reply: unknown): unknown {
  if (reply instanceof Uint8Array) return Buffer.from(reply).toString("utf8");
  return Array.isArray(reply) ? reply.map(toText) : reply;
}

/** Every string as base64, a plain `OK` apart: the client decodes all but that, and inside a list even that. */
function toBase64(reply: unknown): unknown {
  return reply instanceof Uint8Array && OK.equals(reply) ? "OK" : stringsToBase64(reply);
}

function stringsToBase64(reply: unknown): unknown {
  if (reply instanceof Uint8Array) return Buffer.from(reply).toString("base64");
  return Array.isArray(reply) ? reply.map(stringsToBase64) : reply;
}

const OK = Buffer.from("OK");

function describe(error: unknown): string {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    return issue?.code === "custom"
      ? issue.message
      : "ERR failed to parse command: send an array of command and arguments";
  }
  if (error instanceof SyntaxError) return "ERR failed to parse command: the body is not JSON";
  return error instanceof Error ? error.message : String(error);
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
