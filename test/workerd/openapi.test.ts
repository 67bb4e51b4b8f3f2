import * as z from "zod/mini";
import { describe, expect, it } from "vitest";
import { type Endpoint, ENDPOINTS } from "../../protocol/endpoints.ts";
import { request } from "./pair.ts";

interface Operation {
  operationId: string;
  tags: string[];
  requestBody?: { content: { "application/json": { example: unknown } } };
  responses: Record<string, { content?: { "application/json": { example: unknown } } }>;
}

async function operations() {
  const response = await request("/chat-server/openapi.json");
  const { paths } = await response.json<{ paths: Record<string, Record<string, Operation>> }>();
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

describe("the OpenAPI document", () => {
  it("[API-1] has every endpoint and alias, marked public or internal", async () => {
    const found = await operations();
    for (const { path, methods } of Object.values(ENDPOINTS)) {
      const pattern = `/chat-server${path.replace(/:(\w+)/g, "{$1}")}`;
      const documented = found.filter((entry) => entry.path === pattern).map(({ method }) => method.toUpperCase());
      expect(documented).toEqual([...methods]);
    }
    expect(found.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["/demo/chatapp/register", "/demo/chat/register", "/chat-server/register"]),
    );
    for (const { operation } of found) expect(["public", "internal"]).toContain(operation.tags[0]);
    expect(new Set(found.map(({ operation }) => operation.operationId)).size).toBe(found.length);
  });

  it("[API-2] has an example for every body", async () => {
    const bodies = (await operations()).flatMap(({ operation }) => [
      operation.requestBody,
      ...Object.values(operation.responses),
    ]);
    const contents = bodies.flatMap((body) => (body?.content ? [body.content["application/json"]] : []));
    expect(contents.length).toBeGreaterThan(50);
    expect(contents.filter(({ example }) => example === undefined)).toEqual([]);
  });

  it.each(Object.entries<Endpoint>(ENDPOINTS))("[API-3] the examples of %s pass their schemas", (_, endpoint) => {
    for (const part of [endpoint.body, endpoint.answer]) {
      const verdict = part && z.safeParse(part.schema, part.example);
      expect(verdict?.error).toBeUndefined();
    }
  });
});
