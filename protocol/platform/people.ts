/** People as others see them: a username and a name, never an address. */
import * as z from "zod/mini";
import { Name, Timestamp } from "../fields.ts";
import { Uuid } from "./fields.ts";
import { NextCursor, PageQuery } from "./page.ts";

export const Person = z.object({ id: Uuid, username: z.string(), display_name: z.string() });
export type Person = z.infer<typeof Person>;

/** Somebody as the caller knows them. */
export const Profile = z.extend(Person, {
  is_friend: z.boolean(),
  /** Whether the caller follows them. */
  is_following: z.boolean(),
  /** Whether the caller has blocked them. */
  is_blocked: z.boolean(),
});
export type Profile = z.infer<typeof Profile>;

/** How the username begins. Any text: with what no username begins, nobody is found. */
export const SearchQuery = z.extend(PageQuery, { q: z._default(z.string(), "") });

export const PeoplePage = z.object({ users: z.array(Person), next_cursor: NextCursor });
export type PeoplePage = z.infer<typeof PeoplePage>;

/** What is left out stays as it is. */
export const SettingsBody = z.object({ display_name: z.optional(Name), discoverable: z.optional(z.boolean()) });

const Block = z.object({ id: Uuid, username: z.string(), blocked_at: Timestamp });

export const BlocksPage = z.object({ blocks: z.array(Block), next_cursor: NextCursor });
export type BlocksPage = z.infer<typeof BlocksPage>;

const Friend = z.extend(Person, {
  /** Since when. */
  friends_since: Timestamp,
  online: z.boolean(),
  /** When they were last seen; null while they are online, and where it is not known. */
  last_seen: z.nullable(Timestamp),
});

/** In no order that means anything. */
export const FriendsPage = z.object({ friends: z.array(Friend), next_cursor: NextCursor });
export type FriendsPage = z.infer<typeof FriendsPage>;
