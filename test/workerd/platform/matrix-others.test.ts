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
  /** How each of them is called, by id and by username. */
  const strangers: Record<string, Person> = {};
  beforeAll(async () => {
    const viewer = await signUp();
    authorization = `Bearer ${viewer.token}`;
    for (const name of ["blocker", "deleted"]) strangers[name] = await signUp(name);
    await api("PUT", `/users/${viewer.id}/block`, { token: strangers["blocker"]?.token });
    await api("DELETE", "/users/me", { token: strangers["deleted"]?.token });
  });

  it.each(ABOUT_PEOPLE)("[BLOCK-1] $method $name is USER_UNKNOWN, as of nobody", async ({ method, endpoint }) => {
    const answers: Record<string, string> = {};
    for (const [name, person] of [...Object.entries(strangers), ["nobody", undefined] as const]) {
      const known = endpoint.path.includes(":username") ? person?.username : person?.id;
      const param = known ?? (endpoint.path.includes(":username") ? "nobody.at.all" : crypto.randomUUID());
      const answer = await ask(method, endpoint, { param, authorization });
      const body = await answer.text();
      answers[name] = `${answer.status} ${body.replace(/"requestId":"[^"]*"/, "")}`;
    }
    expect(answers["nobody"]).toContain('404 {"status":"Failed","code":404,"error":{"code":"USER_UNKNOWN"');
    expect(answers).toEqual({ blocker: answers["nobody"], deleted: answers["nobody"], nobody: answers["nobody"] });
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
