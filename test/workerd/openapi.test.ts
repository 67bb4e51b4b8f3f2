import * as z from "zod/mini";
import { describe, expect, it } from "vitest";
import { ALL_ENDPOINTS } from "../../protocol/all-endpoints.ts";
import { METHODS, pathsOf } from "../../protocol/endpoint.ts";
import { type Endpoint, ENDPOINTS } from "../../protocol/endpoints.ts";
import { PLATFORM_ENDPOINTS } from "../../protocol/platform/endpoints.ts";
import { request } from "./pair.ts";

interface Operation {
  operationId: string;
  tags: string[];
  parameters?: { name: string; in: string; required: boolean }[];
  requestBody?: { content: { "application/json": { example: unknown } } };
  responses: Record<string, { content?: { "application/json": { example: unknown } } }>;
}

async function operations() {
  const response = await request("/chat-server/openapi.json");
  const { paths } = await response.json<{ paths: Record<string, Record<string, Operation>> }>();
  return Object.entries(paths).flatMap(([path, methods]) =>
    METHODS.flatMap((method) => {
      const operation = methods[method.toLowerCase()];
      return operation ? [{ path, method, operation }] : [];
    }),
  );
}

describe("the OpenAPI document", () => {
  it("[API-1] has every endpoint and alias, marked public or internal", async () => {
    const found = await operations();
    const rows = [ENDPOINTS, PLATFORM_ENDPOINTS].flatMap((table) => Object.values<Endpoint>(table));
    // Two rows of one name would hide each other.
    expect(Object.keys(ALL_ENDPOINTS)).toHaveLength(rows.length);
    for (const { path, methods, success = 200 } of rows) {
      const pattern = `/chat-server${path.replace(/:(\w+)/g, "{$1}")}`;
      const documented = found.filter((entry) => entry.path === pattern && methods.includes(entry.method));
      expect(documented.map(({ method }) => method)).toEqual([...methods]);
      const isSocket = path.endsWith("/ws");
      for (const { operation } of documented) {
        expect(Object.keys(operation.responses)).toContain(String(isSocket ? 101 : success));
      }
    }
    expect(found).toHaveLength(rows.flatMap((row) => pathsOf(row).flatMap(() => row.methods)).length);
    expect(found.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["/demo/chatapp/register", "/demo/chat/register", "/chat-server/register"]),
    );
    for (const { operation } of found) expect(["public", "internal"]).toContain(operation.tags[0]);
    expect(new Set(found.map(({ operation }) => operation.operationId)).size).toBe(found.length);
  });

  it("[API-1] has what may be in the query, of sockets as well", async () => {
    const socket = (await operations()).find(({ path }) => path === "/chat-server/ws");
    const parameters = socket?.operation.parameters?.map((entry) => [entry.in, entry.name, entry.required]);
    expect(parameters).toEqual([
      ["query", "ticket", false],
      ["query", "token", false],
    ]);
  });

  it("[API-1] has both answers of what makes something unless it is there", async () => {
    const both = (await operations()).filter(({ operation: { responses } }) => responses[200] && responses[201]);
    const names = both.map(({ operation: { operationId } }) => operationId);
    expect(new Set(names)).toEqual(new Set(["createConversation", "sendInvite", "writePost"]));
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

  it.each(Object.entries<Endpoint>(ALL_ENDPOINTS))("[API-3] the examples of %s pass their schemas", (_, endpoint) => {
    for (const part of [endpoint.body, endpoint.answer]) {
      const verdict = part && z.safeParse(part.schema, part.example);
      expect(verdict?.error).toBeUndefined();
    }
  });
});
