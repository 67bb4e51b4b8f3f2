/** Pages: every list of the platform comes in pages, and a page says where the next one begins. */
import * as z from "zod/mini";
import type { ErrorCode } from "../errors.ts";
import { PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX } from "../limits.ts";

const code = (name: ErrorCode) => name;

const PageLimit = z.pipe(
  z.string().check(
    z.refine((text) => /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= PAGE_LIMIT_MAX, {
      error: code("PAGE_LIMIT_INVALID"),
    }),
  ),
  z.transform(Number),
);

/** `?limit=&cursor=` of every list; extend it with `z.extend` where a list takes more. */
export const PageQuery = z.object({
  limit: z._default(PageLimit, PAGE_LIMIT_DEFAULT),
  /** Opaque to clients: the `next_cursor` of the page before. */
  cursor: z.optional(z.string()),
});

/** Where the next page begins; null after the last. */
export const NextCursor = z.nullable(z.string());
