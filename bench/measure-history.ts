/** Whether a page of history gets slower as Postgres gets fuller: the real endpoint, over few and over many messages. */
import { SignJWT } from "jose";
import pg from "pg";
import { type Stack, startStack } from "../dev/stack.ts";
import { readArchive } from "../drizzle/archived.ts";
import { createDb } from "../drizzle/client.ts";
import { scratchPostgres } from "../test/node/real-servers.ts";
import { type Figure, type Measurement, median } from "./figures.ts";

const SIZES = { few: 10_000, many: 10_000_000 };
/** Half of the messages are in one chat, the others in chats of this many. */
const SMALL_CHAT = 1_000;
const HASHES = { one: "H".repeat(22), small: "S".repeat(22) };
const ROUNDS = 9;
const REQUESTS = 100;
const LIMIT = 50;
const RATIO_AIM = 1.2;
const SECRET = "only-for-a-benchmark-only-for-a-benchmark";
const VARS = { EVENTS_PER_SECOND: "100000", EVENT_BURST: "100000", STORE_TIMEOUT_MS: "120000" };

interface Library {
  stack: Stack;
  databaseUrl: string;
  /** Messages in each of the two chats. */
  lengths: Record<keyof typeof HASHES, number>;
  remove(): Promise<void>;
}

export const history: Measurement = {
  title: "A page of history",
  async run({ isQuick, tell }) {
    if (isQuick) return { figures: [] };
    const few = await openLibrary("few", SIZES.few, tell);
    if (!few) return { figures: [], notes: ["Not measured: there is no Postgres server at 127.0.0.1:5432."] };
    try {
      const many = await openLibrary("many", SIZES.many, tell);
      if (!many) throw new Error("Postgres was there, and is gone.");
      try {
        const figures = [
          await compare("in one chat of half of them", "one", few, many),
          await compare(`in a chat of ${SMALL_CHAT.toLocaleString("en")} among thousands`, "small", few, many),
        ];
        const plan = await explain(many);
        figures.push({
          name: `the plan of that query, with ${SIZES.many.toLocaleString("en")} messages`,
          aim: "an index scan",
          value: plan.join(", "),
          met: plan.every((node) => /^(Limit|Index Scan)/.test(node)),
        });
        return { figures, notes: [NOTE] };
      } finally {
        await many.remove();
      }
    } finally {
      await few.remove();
    }
  },
};

/** A database of its own on a real server, filled without Duet, and a Duet in front of it; undefined without a server. */
async function openLibrary(name: string, size: number, tell: (line: string) => void): Promise<Library | undefined> {
  const server = await scratchPostgres(`bench_${name}`);
  if (!server) return undefined;
  const options = { runtime: "workerd", vars: VARS, sessionSecret: SECRET, postgresServerUrl: server.url } as const;
  const stack = await startStack(options).catch(async (error: unknown) => {
    await server.remove();
    throw error;
  });
  const library: Library = {
    stack,
    databaseUrl: server.url,
    lengths: { one: size / 2, small: SMALL_CHAT },
    async remove() {
      await stack.stop();
      await server.remove();
    },
  };
  try {
    await fill(server.url, size);
    tell(`${size.toLocaleString("en")} messages are in Postgres`);
    // The objects know nothing of these chats: the first to ask makes them look into Postgres.
    for (const hash of Object.values(HASHES)) await readPage(library, hash, undefined);
    return library;
  } catch (error) {
    await library.remove();
    throw error;
  }
}

async function fill(databaseUrl: string, size: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const chats = size / 2 / SMALL_CHAT;
    await client.query(
      `insert into chats (hash, user_one, user_two, created_at)
       select hash, 'Abhi', 'Anny', now() from (
         select $1 as hash union all select $2 union all select lpad(n::text, 22, '0') from generate_series(2, $3::int) as n
       ) as hashes`,
      [HASHES.one, HASHES.small, chats],
    );
    await client.query(INSERT_MESSAGES, [HASHES.one, size / 2]);
    await client.query(INSERT_MESSAGES, [HASHES.small, SMALL_CHAT]);
    await client.query(
      `insert into messages (conversation_id, seq, id, sender, body, at, applied_seq)
       select lpad(n::text, 22, '0'), seq, 'm' || seq, 'Abhi', 'Just now. The train was late again.', now(), seq
       from generate_series(2, $1::int) as n, generate_series(1, $2::int) as seq`,
      [chats, SMALL_CHAT],
    );
    await client.query("vacuum analyze messages");
  } finally {
    await client.end();
  }
}

const INSERT_MESSAGES = `
  insert into messages (conversation_id, seq, id, sender, body, at, applied_seq)
  select $1, seq, 'm' || seq, 'Abhi', 'Just now. The train was late again.', now(), seq from generate_series(1, $2::int) as seq`;

/** @returns milliseconds */
async function readPage({ stack }: Library, hash: string, before: number | undefined): Promise<number> {
  const query = before === undefined ? "" : `&before=${before}`;
  const headers = { cookie: `duet_${hash}=${await tokenFor(hash)}` };
  const start = performance.now();
  const response = await fetch(`${stack.url}/chat-server/user/${hash}/messages?limit=${LIMIT}${query}`, { headers });
  const text = await response.text();
  const ms = performance.now() - start;
  if (!response.ok || text.split('"body"').length !== LIMIT + 1) throw new Error(`History answered ${text}`);
  return ms;
}

const tokens = new Map<string, string>();

/** What signing in would have set: this chat was never registered here. */
async function tokenFor(hash: string): Promise<string> {
  const known = tokens.get(hash);
  if (known !== undefined) return known;
  const token = await new SignJWT()
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer("duet")
    .setAudience(hash)
    .setSubject("Abhi")
    .setJti("bench")
    .setIssuedAt()
    .setExpirationTime("1 day")
    .sign(new TextEncoder().encode(SECRET));
  tokens.set(hash, token);
  return token;
}

async function compare(where: string, chat: keyof typeof HASHES, few: Library, many: Library): Promise<Figure> {
  const ratios: number[] = [];
  const medians: Record<"few" | "many", number[]> = { few: [], many: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const times: Record<"few" | "many", number[]> = { few: [], many: [] };
    // Alternately, so that what else the machine does falls on both.
    for (let count = 0; count < REQUESTS; count++) {
      times.few.push(await readPage(few, HASHES[chat], anywhere(few.lengths[chat])));
      times.many.push(await readPage(many, HASHES[chat], anywhere(many.lengths[chat])));
    }
    medians.few.push(median(times.few));
    medians.many.push(median(times.many));
    ratios.push(median(times.many) / median(times.few));
  }
  const ratio = median(ratios);
  const spread = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  const times = `${median(medians.many).toFixed(2)} and ${median(medians.few).toFixed(2)} ms`;
  return {
    name: `a page of ${LIMIT} ${where}, with ${SIZES.many.toLocaleString("en")} messages in Postgres beside ${SIZES.few.toLocaleString("en")}`,
    aim: `≤${RATIO_AIM} ×`,
    value: `${ratio.toFixed(2)} × (${spread}); ${times}`,
    met: ratio <= RATIO_AIM,
  };
}

/** A place in a chat with a full page before it. */
function anywhere(length: number): number {
  return LIMIT + 2 + Math.floor(Math.random() * (length - LIMIT - 2));
}

/** @returns the nodes of the plan of the very statement that the product sends, from the outside in */
async function explain({ stack, databaseUrl, lengths }: Library): Promise<string[]> {
  const { query, params } = await statementOf(() =>
    readArchive(createDb(stack.databaseUrl, 10_000), HASHES.one, lengths.one / 2, LIMIT + 1),
  );
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ "QUERY PLAN": [{ Plan: PlanNode }] }>(
      `explain (format json) ${query}`,
      params,
    );
    return rows.flatMap((row) => nodesOf(row["QUERY PLAN"][0].Plan));
  } finally {
    await client.end();
  }
}

interface PlanNode {
  "Node Type": string;
  "Index Name"?: string;
  Plans?: PlanNode[];
}

function nodesOf({ "Node Type": type, "Index Name": index, Plans = [] }: PlanNode): string[] {
  return [index === undefined ? type : `${type} on ${index}`, ...Plans.flatMap(nodesOf)];
}

/** Listens in on what goes to Postgres. */
async function statementOf(ask: () => Promise<unknown>): Promise<{ query: string; params: unknown[] }> {
  const { fetch } = globalThis;
  let body = "";
  globalThis.fetch = (input, init) => {
    if (typeof init?.body === "string") body = init.body;
    return fetch(input, init);
  };
  try {
    await ask();
  } finally {
    globalThis.fetch = fetch;
  }
  return JSON.parse(body);
}

const NOTE =
  "Read through Duet's own endpoint at a random place of the chat, from a PostgreSQL server on the same machine, by turns from both databases. Half of the messages are in one chat, the other half in chats of a thousand.";
