import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, it } from "vitest";
import { openapiDocument } from "../../worker/openapi-document.ts";

const document = JSON.parse(JSON.stringify(openapiDocument("https://duet.example")));

it("[API-4] the document is valid OpenAPI 3.1", async () => {
  const verdict = await new Validator().validate(document);
  expect(verdict.errors).toBeUndefined();
  expect(verdict.valid).toBe(true);
});

it("[API-6] it has the bounds of numbers and texts, and when to try again", () => {
  const { get: list, post: make } = document.paths["/chat-server/api/v1/rooms"];
  const bounds = { type: "integer", minimum: 1, maximum: 100, default: 50 };
  expect(list.parameters[0]).toMatchObject({ name: "limit", schema: bounds });
  const { schema } = make.requestBody.content["application/json"];
  expect(schema.properties.name).toEqual({ type: "string", minLength: 1, maxLength: 32 });
  expect(make.responses[429].headers).toMatchObject({ "Retry-After": { schema: { type: "integer" } } });
  expect(make.responses[400].headers).toBeUndefined();
  const socket = document.paths["/chat-server/ws"].get;
  expect(socket.responses[429].headers).toBeUndefined();
});
