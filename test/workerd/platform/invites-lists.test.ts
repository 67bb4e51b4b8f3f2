/** Invites in lists, and how many there may be. */
import { describe, expect, it } from "vitest";
import { Invite } from "../../../protocol/platform/invites.ts";
import { stopClock } from "../outage.ts";
import { failure } from "../pair.ts";
import { breakStore } from "../stores.ts";
import { api, signUp } from "./people.ts";
import { all, askToBeFriends, invite, invitesOf } from "./social.ts";

describe("the lists of invites", () => {
  it("[INVITE-1] are newest first, over pages, one for each direction", async () => {
    const me = await signUp();
    const others = [await signUp(), await signUp(), await signUp()];
    for (const other of others) await invite(other, me);
    await invite(me, await signUp());
    const ids = (limit: number) => all(me, "/invites", Invite, limit);
    const expected = others.map(({ id }) => id).toReversed();
    for (const limit of [1, 2, 3, 4]) expect((await ids(limit)).items.map(({ from }) => from.id)).toEqual(expected);
    expect(await invitesOf(me, "sent")).toHaveLength(1);
    const wrong = await api("GET", "/invites?direction=up", { token: me.token });
    expect(await failure(wrong)).toEqual({ status: 400, code: "BODY_INVALID" });
  });
});

describe("how many", () => {
  it("[INVITE-8] an account may send 100 invites an hour, and none without Redis or Postgres", async () => {
    stopClock();
    const [a, b] = [await signUp(), await signUp()];
    for (const store of ["redis", "postgres"] as const) {
      const repair = breakStore(store);
      expect(await failure(await askToBeFriends(a, b))).toEqual({ status: 503, code: "UNAVAILABLE" });
      repair();
    }
    const statuses = [];
    for (let count = 0; count < 103; count += 1) {
      statuses.push((await askToBeFriends(a, { id: crypto.randomUUID() })).status);
    }
    // The one that Postgres failed counted too.
    expect(statuses.slice(0, 99)).toEqual(Array.from({ length: 99 }, () => 404));
    expect(statuses.at(-1)).toBe(429);
  });
});
