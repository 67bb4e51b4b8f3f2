/** Pages: every list of the platform comes in pages, and a page says where the next one begins. */
import * as z from "zod/mini";
import { PageLimit } from "../fields.ts";

/** `?limit=&cursor=` of every list; extend it with `z.extend` where a list takes more. */
export const PageQuery = z.object({
  limit: PageLimit,
  /** Opaque to clients: the `next_cursor` of the page before. */
  cursor: z.optional(z.string()),
});

/** Where the next page begins; null after the last. */
export const NextCursor = z.nullable(z.string());
