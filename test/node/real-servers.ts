/** The real Postgres and Redis of a development machine, for contract suites that run over stand-in and server alike. */
import { Redis } from "ioredis";
import pg from "pg";

const POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres";
const REDIS = "redis://127.0.0.1:6379";
/** A numbered Redis database that nothing else here uses. */
const REDIS_DATABASE = 9;

export interface ScratchServer {
  url: string;
  /** Removes all that the tests have made. */
  remove(): Promise<void>;
}

/**
 * A database of our own on the real Postgres, or undefined, with a message, when none is there.
 *
 * @param purpose - one database for each
 */
export async function scratchPostgres(purpose = "contract"): Promise<ScratchServer | undefined> {
  const name = `duet_${purpose}_${process.pid}`;
  const reachable = await onPostgres(`CREATE DATABASE ${name}`).then(
    () => true,
    () => false,
  );
  if (!reachable) {
    say(`Skipped over a real Postgres: none lets us in at ${POSTGRES}.`);
    return undefined;
  }
  return { url: new URL(`/${name}`, POSTGRES).href, remove: () => onPostgres(`DROP DATABASE ${name} WITH (FORCE)`) };
}

async function onPostgres(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: POSTGRES, connectionTimeoutMillis: 2_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** An empty numbered database on the real Redis, or undefined, with a message, when none is there. */
export async function scratchRedis(): Promise<ScratchServer | undefined> {
  const url = `${REDIS}/${REDIS_DATABASE}`;
  const reachable = await flush(url).then(
    () => true,
    () => false,
  );
  if (!reachable) {
    say(`Skipped over a real Redis: none answers at ${REDIS}.`);
    return undefined;
  }
  return { url, remove: () => flush(url) };
}

async function flush(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: null, connectTimeout: 2_000 });
  // The rejected promise below says it already.
  redis.on("error", () => undefined);
  await redis.connect();
  await redis.flushdb();
  await redis.quit();
}

/** Past vitest, which keeps the console of passing tests to itself. */
function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
