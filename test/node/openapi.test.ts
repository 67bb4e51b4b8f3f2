import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, it } from "vitest";
import { openapiDocument } from "../../worker/openapi-document.ts";

it("[API-4] the document is valid OpenAPI 3.1", async () => {
  const document = JSON.parse(JSON.stringify(openapiDocument("https://duet.example")));
  const verdict = await new Validator().validate(document);
  expect(verdict.errors).toBeUndefined();
  expect(verdict.valid).toBe(true);
});
