/** Deleting an account. */
import { eq, or, sql } from "drizzle-orm";
import { accounts } from "./accounts-schema.ts";
import { blocks } from "./blocks-schema.ts";
import type { Db } from "./client.ts";
import { follows } from "./follows-schema.ts";
import { friendships } from "./friends-schema.ts";
import { invites } from "./invites-schema.ts";
import { posts } from "./posts-schema.ts";

/**
 * Erases what is personal, and what the account had with others. The id and the username stay: what others have of this
 * person refers to them.
 *
 * @returns the friends whom it had until now
 */
export async function eraseAccount(db: Db, id: string): Promise<{ id: string; username: string }[]> {
  const [, { rows }] = await db.batch([
    // First: what is about to begin with this account waits, and then finds it deleted.
    db
      .update(accounts)
      .set({
        email: null,
        emailKey: null,
        emailVerifiedAt: null,
        displayName: "",
        passwordHash: "",
        discoverable: false,
        deletedAt: sql`coalesce(${accounts.deletedAt}, now())`,
      })
      .where(eq(accounts.id, id)),
    db.execute<{ id: string; username: string }>(sql`
      with ended as (
        delete from ${friendships} where low = ${id} or high = ${id}
        returning case when low = ${id} then high else low end as id
      )
      select id, username from ended join ${accounts} using (id)`),
    db.delete(follows).where(or(eq(follows.followerId, id), eq(follows.followedId, id))),
    db.delete(blocks).where(or(eq(blocks.blockerId, id), eq(blocks.blockedId, id))),
    db.delete(posts).where(eq(posts.authorId, id)),
    // An invite to an address outlives the account that had it: that it ends would tell that there was one.
    db.execute(sql`
      update ${invites} set to_id = null where to_id = ${id} and kind = 'email' and status <> 'accepted'`),
    db.delete(invites).where(or(eq(invites.fromId, id), eq(invites.toId, id))),
  ]);
  return rows;
}
