/** What people write for whoever follows them. */
import * as z from "zod/mini";
import { Body, Timestamp } from "../fields.ts";
import { Uuid } from "./fields.ts";
import { NextCursor } from "./page.ts";
import { Person } from "./people.ts";

export const PostBody = z.object({
  content: Body,
  /** Chosen by the client, so that a repeat of the request makes no second post. */
  id: z.optional(Uuid),
});

export const Post = z.object({ id: Uuid, author: Person, content: z.string(), created_at: Timestamp });
export type Post = z.infer<typeof Post>;

export const PostsPage = z.object({ posts: z.array(Post), next_cursor: NextCursor });
export type PostsPage = z.infer<typeof PostsPage>;
