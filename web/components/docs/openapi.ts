/** The part of an OpenAPI 3.1 document that the docs page shows. */
import * as z from "zod/mini";

const Media = z.object({ schema: z.optional(z.unknown()), example: z.optional(z.unknown()) });
const Content = z.record(z.string(), Media);

const Parameter = z.object({ name: z.string(), in: z.enum(["path", "query"]), required: z.boolean() });
type Parameter = z.infer<typeof Parameter>;

const OpenApiOperation = z.object({
  operationId: z.string(),
  summary: z.string(),
  description: z.optional(z.string()),
  "x-visibility": z.enum(["public", "internal"]),
  security: z.optional(z.array(z.record(z.string(), z.unknown()))),
  parameters: z.array(Parameter),
  requestBody: z.optional(z.object({ content: Content })),
  responses: z.record(z.string(), z.object({ description: z.string(), content: z.optional(Content) })),
});

const OpenApiDocument = z.object({ paths: z.record(z.string(), z.record(z.string(), OpenApiOperation)) });

export type Visibility = z.infer<typeof OpenApiOperation>["x-visibility"];

export interface ApiError {
  status: string;
  /** `CODE: what it means and what to do`, one or more. */
  lines: string[];
}

export interface Operation {
  id: string;
  method: string;
  path: string;
  /** Further paths that do the same. */
  aliases: string[];
  summary: string;
  description: string | undefined;
  visibility: Visibility;
  /** What it needs: a chat's cookie, which the browser has, or an access token. */
  signedIn: "session" | "account" | undefined;
  isSocket: boolean;
  parameters: Parameter[];
  body: { schema: unknown; example: unknown } | undefined;
  answer: { schema: unknown; example: unknown } | undefined;
  errors: ApiError[];
}

/** The document's names for what may be needed. */
const SCHEMES = ["session", "account"] as const;

/** An alias is an operation of its own whose id says what it stands for. */
const ALIAS = /Alias\d+$/;

/**
 * Reads the document that the Worker generates.
 *
 * @throws ZodError when it isn't one
 */
export function parseOperations(document: unknown): Operation[] {
  const all = Object.entries(z.parse(OpenApiDocument, document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => toOperation(method, path, operation)),
  );
  return all
    .filter(({ id }) => !ALIAS.test(id))
    .map((operation) => ({
      ...operation,
      aliases: all
        .filter(({ id }) => id !== operation.id && id.replace(ALIAS, "") === operation.id)
        .map(({ path }) => path),
    }));
}

function toOperation(method: string, path: string, operation: z.infer<typeof OpenApiOperation>): Operation {
  const responses = Object.entries(operation.responses);
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    aliases: [],
    summary: operation.summary,
    description: operation.description,
    visibility: operation["x-visibility"],
    signedIn: SCHEMES.find((scheme) => operation.security?.some((wanted) => scheme in wanted)),
    isSocket: "101" in operation.responses,
    parameters: operation.parameters,
    body: jsonOf(operation.requestBody?.content),
    answer: jsonOf(responses.find(([status]) => status.startsWith("2"))?.[1].content),
    errors: responses
      .filter(([status]) => Number(status) >= 400)
      .map(([status, { description }]) => ({ status, lines: description.split("\n\n") })),
  };
}

function jsonOf(content: z.infer<typeof Content> | undefined): Operation["body"] {
  const json = content?.["application/json"];
  return json && { schema: json.schema, example: json.example };
}
