/** One typed method for each row of the platform's table of endpoints. */
import * as z from "zod/mini";
import type { Endpoint } from "../../protocol/endpoint.ts";
import { PLATFORM_ENDPOINTS, type PlatformEndpointName } from "../../protocol/platform/endpoints.ts";
import { ApiError } from "../api-error.ts";
import { query } from "../query.ts";
import type { Transport } from "../transport.ts";
import type { Session } from "./session.ts";
import type { Tokens } from "./token-store.ts";

type Rows = typeof PLATFORM_ENDPOINTS;

/** All but the socket. */
type MethodName = Exclude<PlatformEndpointName, "accountSocket">;

/** Names of what stands as `:name` in a path. */
type ParameterName<Path> = Path extends `${string}/:${infer Tail}`
  ? Tail extends `${infer Name}/${infer Rest}`
    ? Name | ParameterName<`/${Rest}`>
    : Tail
  : never;

type ParametersOf<Row> = Row extends { path: infer Path }
  ? [ParameterName<Path>] extends [never]
    ? []
    : [parameters: Record<ParameterName<Path>, string | number>]
  : [];

/** What a query means rather than how it is spelled: numbers are numbers. */
type QueryOf<S extends z.core.$ZodType> = {
  [Field in keyof z.input<S>]: Field extends keyof z.output<S> ? Exclude<z.output<S>[Field], undefined> : never;
};

type InputOf<Row> = Row extends { body: { schema: infer S extends z.core.$ZodType } }
  ? [body: z.input<S>]
  : Row extends { query: infer S extends z.core.$ZodType }
    ? Partial<QueryOf<S>> extends QueryOf<S>
      ? [query?: QueryOf<S>]
      : [query: QueryOf<S>]
    : [];

type AnswerOf<Row> = Row extends { answer: { schema: infer S extends z.core.$ZodType } } ? z.output<S> : void;

/**
 * The platform's HTTP API: what stands in the path first, then the body or the query.
 * Each method rejects with an ApiError.
 */
export type Rest = {
  [Name in MethodName]: (
    ...input: [...ParametersOf<Rows[Name]>, ...InputOf<Rows[Name]>]
  ) => Promise<AnswerOf<Rows[Name]>>;
};

/** A body may hold more than these; it is sent as it is. */
type Fields = Record<string, string | number | undefined>;

const NOTHING = z.undefined();

export function createRest(transport: Transport, session: () => Session): Rest {
  async function perform(
    { methods: [method], path, signedIn, body, query: queried, answer }: Endpoint,
    input: Fields[],
  ) {
    const hasParameters = path.includes("/:");
    const [parameters = {}, fields = {}] = hasParameters ? input : [{}, ...input];
    const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(parameters[name])));
    const send = (headers?: Record<string, string>) =>
      transport.call(
        method ?? "GET",
        queried ? filled + query(fields) : filled,
        answer?.schema ?? NOTHING,
        body && fields,
        headers,
      );
    return signedIn === "account" ? authorized(session(), send) : send();
  }

  const methods = Object.entries<Endpoint>(PLATFORM_ENDPOINTS).map(([name, row]) => [
    name,
    (...input: Fields[]) => perform(row, input),
  ]);
  // TypeScript can't follow a row's types through the loop: that they are as declared above is this one line's claim.
  const rest: Rest = Object.fromEntries(methods);
  return rest;
}

/** Makes a call, and makes it again when the server no longer takes the token: it did nothing the first time. */
async function authorized<T>(session: Session, send: (headers: Record<string, string>) => Promise<T>): Promise<T> {
  const tokens = await session.tokens();
  try {
    return await send(bearer(tokens));
  } catch (error) {
    if (!(error instanceof ApiError && error.code === "UNAUTHENTICATED")) throw error;
    return send(bearer(await session.renew(tokens)));
  }
}

function bearer({ accessToken }: Tokens): Record<string, string> {
  return { authorization: `Bearer ${accessToken}` };
}
