/** Every row that names a person, or something of theirs, with everybody and everything that one may not name. */
import { beforeAll, describe, expect, it } from "vitest";
import { EXAMPLE_ID } from "../../../protocol/platform/endpoint-parts.ts";
import { failure } from "../pair.ts";
import { api, type Person, signUp } from "./people.ts";
import { ask, ROWS, SIGNED_IN } from "./rows.ts";
import { befriend, invite, post } from "./social.ts";

/** Rows whose path names a person. */
const ABOUT_PEOPLE = ROWS.filter(({ endpoint }) => /\/users\/:/.test(endpoint.path));
/** Rows whose path names something that belongs to somebody. */
const ABOUT_THINGS = SIGNED_IN.filter(({ endpoint }) => /\/(posts|invites|friends|sessions)\/:id/.test(endpoint.path));

describe("about somebody who is not there for one", () => {
  let authorization: string;
  const strangers: Person[] = [];
  beforeAll(async () => {
    const viewer = await signUp();
    authorization = `Bearer ${viewer.token}`;
    const [blocker, deleted] = [await signUp("blocker"), await signUp("deleted")];
    await api("PUT", `/users/${viewer.id}/block`, { token: blocker.token });
    await api("DELETE", "/users/me", { token: deleted.token });
    strangers.push(blocker, deleted);
  });

  it.each(ABOUT_PEOPLE)("[BLOCK-1] $method $name is USER_UNKNOWN, as of nobody", async ({ method, endpoint }) => {
    const answers = new Set<string>();
    const nobody = { id: crypto.randomUUID(), username: "nobody.at.all" };
    for (const { id, username } of [...strangers, nobody]) {
      for (const param of endpoint.path.includes(":username") ? [username, id] : [id]) {
        const answer = await ask(method, endpoint, { param, authorization });
        const body = await answer.text();
        answers.add(`${answer.status} ${body.replace(/"requestId":"[^"]*"/, "")}`);
      }
    }
    const unknown = '404 {"status":"Failed","code":404,"error":{"code":"USER_UNKNOWN"';
    expect([...answers]).toEqual([expect.stringContaining(unknown)]);
  });
});

describe("with what can be no id", () => {
  it.each([...ABOUT_PEOPLE, ...ABOUT_THINGS])(
    "[API-5] $method $name says it is unknown",
    async ({ method, endpoint }) => {
      const authorization = `Bearer ${(await signUp()).token}`;
      for (const param of [
        "0",
        "%00",
        "%2e%2e%2f",
        "'--",
        "x".repeat(8_000),
        "%F0%9F%91%8B",
        "%ff",
        EXAMPLE_ID + "0",
      ]) {
        const { status, code } = await failure(await ask(method, endpoint, { param, authorization }));
        expect({ param, status, code }).toEqual({ param, status: 404, code: expect.stringMatching(/_UNKNOWN$/) });
        expect(endpoint.errors).toContain(code);
      }
    },
  );
});

describe("with what is somebody else's", () => {
  it.each(ABOUT_THINGS)("[API-5] $method $name says it is unknown", async ({ name, method, endpoint }) => {
    const [owner, other, stranger] = [await signUp(), await signUp(), await signUp()];
    const sent = await invite(owner, other);
    const friend = await signUp();
    await befriend(owner, friend);
    const [, sessionId = ""] = owner.refreshToken.split(".");
    const { id: postId } = await post(owner, "Hello");
    const theirs: Record<string, string> = {
      endSession: sessionId,
      removeFriend: friend.id,
      deletePost: postId,
      acceptInvite: sent.id,
      rejectInvite: sent.id,
      cancelInvite: sent.id,
    };
    const param = theirs[name] ?? "This row needs something of somebody else's.";
    const answer = await ask(method, endpoint, { param, authorization: `Bearer ${stranger.token}` });
    expect(await failure(answer)).toEqual({ status: 404, code: expect.stringMatching(/_UNKNOWN$/) });
    // Control: its owner may.
    const token = name === "acceptInvite" || name === "rejectInvite" ? other.token : owner.token;
    expect((await ask(method, endpoint, { param, authorization: `Bearer ${token}` })).status).toBeLessThan(300);
  });
});
