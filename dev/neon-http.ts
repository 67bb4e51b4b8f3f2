/**
 * Neon's SQL over HTTP: `POST /sql` as `@neondatabase/serverless` speaks it, in front of any Postgres.
 * A query goes as `{query, params}`; several as `{queries: […]}`, which then are one transaction.
 */
import pg from "pg";
import * as z from "zod";
import { type JsonAnswer, type JsonRequest, type RunningServer, serveJson } from "./json-server.ts";
import { openPglite, openPostgres, type SqlBackend } from "./sql-backend.ts";

export const NeonOptions = z.object({
  /** 0 takes any free one. */
  port: z.int(),
  user: z.string(),
  password: z.string(),
  database: z.string(),
  /** PGlite's files. Without it, and without `serverUrl`, the data is in memory. */
  directory: z.string().optional(),
  /** A real server to use instead of PGlite. */
  serverUrl: z.string().optional(),
});
export type NeonOptions = z.infer<typeof NeonOptions>;

const Statement = z.object({ query: z.string(), params: z.array(z.unknown()).default([]) });
const Body = z.union([z.object({ queries: z.array(Statement) }), Statement]);
type Statement = z.infer<typeof Statement>;

const Flag = z
  .enum(["true", "false"])
  .default("false")
  .transform((text) => text === "true");
const ISOLATION_LEVELS = {
  ReadUncommitted: "READ UNCOMMITTED",
  ReadCommitted: "READ COMMITTED",
  RepeatableRead: "REPEATABLE READ",
  Serializable: "SERIALIZABLE",
};
const Headers = z.object({
  "neon-connection-string": z.url({ protocol: /^postgres(ql)?$/ }),
  "neon-raw-text-output": Flag,
  "neon-array-mode": Flag,
  "neon-batch-isolation-level": z
    .enum(["ReadUncommitted", "ReadCommitted", "RepeatableRead", "Serializable"])
    .optional(),
  "neon-batch-read-only": Flag,
  "neon-batch-deferrable": Flag,
});
type Headers = z.infer<typeof Headers>;

/** What Neon's driver copies from an error body onto its NeonDbError. */
const ERROR_FIELDS = [
  "severity",
  "code",
  "detail",
  "hint",
  "position",
  "internalPosition",
  "internalQuery",
  "where",
  "schema",
  "table",
  "column",
  "dataType",
  "constraint",
  "file",
  "line",
  "routine",
] as const;

/**
 * Starts the stand-in.
 *
 * @throws Error when the port is taken or the database does not open
 */
export async function startNeon(options: NeonOptions): Promise<RunningServer> {
  const backend = options.serverUrl ? await openPostgres(options.serverUrl) : await openPglite(options.directory);
  return serveJson(
    options.port,
    (request) => answer(request, options, backend),
    () => backend.close(),
  );
}

async function answer(request: JsonRequest, options: NeonOptions, backend: SqlBackend): Promise<JsonAnswer> {
  if (request.path !== "/sql") return { status: 404, body: { message: "Only POST /sql is served." } };
  if (request.method !== "POST") return { status: 405, body: { message: "Send a POST." } };
  const headers = Headers.safeParse(request.headers);
  if (!headers.success) return badRequest(`Invalid headers: ${z.prettifyError(headers.error)}`);
  const refusal = refuse(new URL(headers.data["neon-connection-string"]), options);
  if (refusal !== undefined) return { status: 400, body: refusal };
  const body = Body.safeParse(parseJson(request.body));
  if (!body.success) return badRequest("The body is neither {query, params} nor {queries: [{query, params}]}.");

  try {
    return { status: 200, body: await run(backend, body.data, headers.data) };
  } catch (error) {
    return { status: 400, body: describe(error) };
  }
}

async function run(backend: SqlBackend, body: z.infer<typeof Body>, headers: Headers): Promise<unknown> {
  const client = await backend.connect();
  try {
    if (!("queries" in body)) return await execute(client, body, headers);
    await client.query(beginStatement(headers));
    const results = [];
    for (const statement of body.queries) results.push(await execute(client, statement, headers));
    await client.query("COMMIT");
    return { results };
  } finally {
    // Also after a lone BEGIN: requests share connections, so none may leave a transaction open.
    if (client.getTransactionStatus() !== "I") await client.query("ROLLBACK").catch(() => undefined);
    client.release();
  }
}

async function execute(client: pg.PoolClient, { query, params }: Statement, headers: Headers): Promise<unknown> {
  // Neon prepares every query, which refuses several statements in one; pg would run those without parameters.
  const config: pg.QueryArrayConfig & { queryMode: string } = {
    text: query,
    values: params,
    rowMode: "array",
    queryMode: "extended",
  };
  const { command, rowCount, rows, fields } = await client.query<(string | null)[]>(config);
  return { command, rowCount, fields, rowAsArray: headers["neon-array-mode"], rows: shape(rows, fields, headers) };
}

/** Gives the rows, which come as arrays of text, the form that the headers ask for. */
function shape(rows: (string | null)[][], fields: pg.FieldDef[], headers: Headers): unknown[] {
  return rows.map((row) => {
    const cells = headers["neon-raw-text-output"]
      ? row
      : row.map((text, i) => (text === null ? null : pg.types.getTypeParser(fields[i]?.dataTypeID ?? 0)(text)));
    return headers["neon-array-mode"] ? cells : Object.fromEntries(fields.map(({ name }, i) => [name, cells[i]]));
  });
}

function beginStatement(headers: Headers): string {
  const level = headers["neon-batch-isolation-level"];
  return [
    "BEGIN",
    level === undefined ? "" : `ISOLATION LEVEL ${ISOLATION_LEVELS[level]}`,
    headers["neon-batch-read-only"] ? "READ ONLY" : "",
    headers["neon-batch-deferrable"] ? "DEFERRABLE" : "",
  ].join(" ");
}

/** The error a real server gives for this connection string, or undefined when it lets it in. */
function refuse(url: URL, { user, password, database }: NeonOptions): Record<string, string> | undefined {
  const given = decodeURIComponent(url.username);
  if (given !== user || decodeURIComponent(url.password) !== password) {
    return { severity: "FATAL", code: "28P01", message: `password authentication failed for user '${given}'` };
  }
  const name = decodeURIComponent(url.pathname.slice(1));
  if (name !== database) return { severity: "FATAL", code: "3D000", message: `database "${name}" does not exist` };
  return undefined;
}

function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const fields = new Map<string, unknown>(Object.entries(error));
  return {
    message: error.message,
    ...Object.fromEntries(ERROR_FIELDS.map((name) => [name, fields.get(name) ?? null])),
  };
}

function badRequest(message: string): JsonAnswer {
  return { status: 400, body: { message } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
