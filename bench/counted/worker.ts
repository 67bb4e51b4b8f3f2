/** The product's Worker, every operation of which is counted. Not a line of the product is another. */
import { Conversation as ProductConversation } from "../../durable-objects/conversation.ts";
import { Inbox as ProductInbox } from "../../durable-objects/inbox/inbox.ts";
import { app } from "../../worker/app.ts";
import { GROUP_PATH } from "../group-orders.ts";
import { answerGroup } from "./group.ts";
import { countVerbs, current, sumOf, type Tally, tallyOf, watchStorage } from "./tally.ts";

export { Meter } from "../../durable-objects/meter/meter.ts";

const COUNTS_PATH = "/counts";
/** Where Neon takes SQL; other requests that leave are Redis'. */
const NEON_PATH = "/sql";
const HASH = /\b[0-9A-Za-z]{22}\b/;

export class Conversation extends ProductConversation {
  readonly tally: Tally;

  constructor(ctx: DurableObjectState, env: Env) {
    const tally = tallyOf(ctx.id);
    watchStorage(ctx.storage, tally);
    super(ctx, env);
    this.tally = tally;
  }
}
countVerbs(Conversation, ProductConversation);

export class Inbox extends ProductInbox {
  readonly tally: Tally;

  constructor(ctx: DurableObjectState, env: Env) {
    const tally = tallyOf(ctx.id);
    watchStorage(ctx.storage, tally);
    super(ctx, env);
    this.tally = tally;
  }
}
countVerbs(Inbox, ProductInbox);

globalThis.fetch = new Proxy(fetch, {
  async apply(target, self, parameters) {
    const tally = current.getStore();
    const { path, body } = requestOf(parameters);
    const isPostgres = path === NEON_PATH;
    tally?.add(isPostgres ? "postgresRequests" : "redisRequests");
    tally?.add(isPostgres ? "postgresStatements" : "redisCommands", commandsIn(path, body));
    const start = Date.now();
    const response: Response = await Reflect.apply(target, self, parameters);
    if (isPostgres) tally?.add("postgresMs", Date.now() - start);
    return response;
  },
});

function requestOf([input, init]: unknown[]): { path: string; body: unknown } {
  const url = input instanceof Request ? input.url : String(input);
  const hasBody = typeof init === "object" && init !== null && "body" in init && typeof init.body === "string";
  return { path: new URL(url).pathname, body: hasBody ? JSON.parse(String(init.body)) : undefined };
}

/** Neon takes one statement, or `queries`; Upstash one command at /, and several elsewhere. */
function commandsIn(path: string, body: unknown): number {
  const isObject = typeof body === "object" && body !== null;
  if (isObject && "queries" in body && Array.isArray(body.queries)) return body.queries.length;
  return Array.isArray(body) && path !== "/" ? body.length : 1;
}

const worker: ExportedHandler<Env> = {
  fetch(request, env, ctx) {
    const url = new URL(request.url);
    if (url.pathname === COUNTS_PATH) {
      const hashes = url.searchParams.getAll("hash");
      return Response.json(sumOf(hashes.map((hash) => env.CONVERSATION.idFromName(hash))));
    }
    if (url.pathname === GROUP_PATH) return answerGroup(request, env);
    const [hash] = HASH.exec(url.pathname) ?? [];
    if (hash !== undefined) tallyOf(env.CONVERSATION.idFromName(hash)).add("httpRequests");
    return app.fetch(request, env, ctx);
  },
};

// oxlint-disable-next-line import/no-default-export -- what the runtime runs
export default worker;
