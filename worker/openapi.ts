import type { AppContext } from "./context.ts";
import { openapiDocument } from "./openapi-document.ts";

export function openapi(c: AppContext) {
  return c.json(openapiDocument(new URL(c.req.url).origin));
}
