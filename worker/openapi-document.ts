/** The OpenAPI 3.1 document, made from the very schemas that validate. */
import * as z from "zod/mini";
import { ALL_ENDPOINTS } from "../protocol/all-endpoints.ts";
import { type Endpoint, pathsOf } from "../protocol/endpoint.ts";
import { type ErrorCode, ERRORS, isRetryable } from "../protocol/errors.ts";
import { FailureAnswer } from "../protocol/http.ts";

const RETRY_AFTER = { "Retry-After": { description: "Seconds to wait.", schema: { type: "integer" } } };

/** @param origin - where the API is served */
export function openapiDocument(origin: string) {
  return {
    openapi: "3.1.0",
    info: {
      title: "Duet",
      version: "1.0.0",
      description:
        "A chat for two behind one link, and a messaging platform with accounts. The socket protocol is in SPEC.md.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: origin }],
    tags: [
      { name: "public", description: "Anyone may build on these." },
      { name: "internal", description: "Made for Duet's own pages, but stable all the same." },
    ],
    paths: paths(),
    components: {
      schemas: { Failure: jsonSchema(FailureAnswer) },
      securitySchemes: {
        session: {
          type: "apiKey",
          in: "cookie",
          name: "duet_<hash>",
          description: "Set by login; `__Host-` over HTTPS.",
        },
        account: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "An account's access token." },
      },
    },
  };
}

/** Rows that share a path are operations of one item. */
function paths() {
  const items: Record<string, object> = {};
  for (const [id, endpoint] of Object.entries<Endpoint>(ALL_ENDPOINTS)) {
    for (const [path, operations] of pathItems(id, endpoint)) items[path] = { ...items[path], ...operations };
  }
  return items;
}

function pathItems(id: string, endpoint: Endpoint): [string, object][] {
  return pathsOf(endpoint).map((path, alias) => {
    const operations = endpoint.methods.map((method) => {
      const suffix = (endpoint.methods.length > 1 ? method.toLowerCase() : "") + (alias > 0 ? `Alias${alias}` : "");
      return [method.toLowerCase(), operation(id + suffix, path, endpoint)];
    });
    return [path.replace(/:(\w+)/g, "{$1}"), Object.fromEntries(operations)];
  });
}

function operation(operationId: string, path: string, endpoint: Endpoint) {
  const { summary, description, visibility, signedIn, body, errors } = endpoint;
  return {
    operationId,
    summary,
    ...(description !== undefined && { description }),
    tags: [visibility],
    "x-visibility": visibility,
    ...(signedIn && { security: [{ [signedIn === "chat" ? "session" : "account"]: [] }] }),
    parameters: [...pathParameters(path), ...queryParameters(endpoint)],
    ...(body && {
      requestBody: {
        required: true,
        content: { "application/json": { schema: jsonSchema(body.schema), example: body.example } },
      },
    }),
    responses: { ...successes(path, endpoint), ...failures(errors) },
  };
}

function successes(path: string, { summary, success = 200, repeat, answer }: Endpoint) {
  if (!answer) return { [path.endsWith("/ws") ? 101 : success]: { description: summary } };
  const content = { "application/json": { schema: jsonSchema(answer.schema), example: answer.example } };
  return {
    [success]: { description: "Done.", content },
    ...(repeat && { [repeat]: { description: "There was one already.", content } }),
  };
}

function pathParameters(path: string) {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters({ query }: Endpoint) {
  if (!query) return [];
  return Object.entries(query._zod.def.shape).map(([name, schema]) => ({
    name,
    in: "query",
    required: false,
    // What it means, of what is all text on the way.
    schema: jsonSchema(schema, "output"),
  }));
}

/** Failures share statuses, and OpenAPI has one response for each: its example names one code, its text all. */
function failures(codes: readonly ErrorCode[]) {
  const byStatus = Map.groupBy(codes, (code) => ERRORS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, [first, ...others]]) => [
      status,
      {
        description: [first, ...others].map((code) => code && `${code}: ${ERRORS[code].message}`).join("\n\n"),
        ...([first, ...others].some((code) => code && isRetryable(code)) && { headers: RETRY_AFTER }),
        content: {
          "application/json": {
            schema: { $ref: "#/components/schemas/Failure" },
            example: first && failureExample(first),
          },
        },
      },
    ]),
  );
}

function failureExample(code: ErrorCode) {
  const { status, message } = ERRORS[code];
  return {
    status: "Failed",
    code: status,
    error: { code, message, requestId: "0c9f6f4e-2f6b-4a3f-9a42-9a1c5c1c5c1c" },
  };
}

function jsonSchema(schema: z.core.$ZodType, io: "input" | "output" = "input") {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}
