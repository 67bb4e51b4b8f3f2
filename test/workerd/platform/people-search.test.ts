/** Finding people, what they show of themselves, and what they may change about it. */
import { describe, expect, it } from "vitest";
import { stopClock } from "../outage.ts";
import { failure } from "../pair.ts";
import { breakStore } from "../stores.ts";
import { api, freshUsername, type Person, signUp } from "./people.ts";
import { befriend, block, deleteAccount, follow, idsIn, USER_UNKNOWN } from "./social.ts";

function change({ token }: Person, json: unknown) {
  return api("PATCH", "/users/me", { token, json });
}

async function discoverable(name: string): Promise<Person> {
  const person = await signUp(name);
  expect((await change(person, { discoverable: true })).status).toBe(200);
  return person;
}

function profile(viewer: Person, username: string) {
  return api("GET", `/users/${username}`, { token: viewer.token });
}

describe("settings", () => {
  it("[PEOPLE-3] change the display name, whether one may be found, both, or nothing", async () => {
    const person = await signUp();
    const own = { id: person.id, email: person.email, username: person.username };
    expect(await (await change(person, { display_name: "  Ünal  👋 " })).json()).toMatchObject({
      ...own,
      display_name: "Ünal 👋",
      discoverable: false,
    });
    expect(await (await change(person, { discoverable: true })).json()).toMatchObject({
      display_name: "Ünal 👋",
      discoverable: true,
    });
    const nothing = await change(person, { username: "else", email: "else@test.com", id: "else" });
    expect(await nothing.json()).toMatchObject({ ...own, display_name: "Ünal 👋", discoverable: true });
    const answers = await Promise.all([
      change(person, { display_name: "Both" }),
      change(person, { discoverable: false }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const me = await api("GET", "/auth/me", { token: person.token });
    expect(await me.json()).toMatchObject({ display_name: "Both", discoverable: false });
  });

  it.each([
    ["NAME_EMPTY", { display_name: " " }],
    ["NAME_TOO_LONG", { display_name: "x".repeat(33) }],
    ["NAME_CHARACTERS", { display_name: "Ali\u202ece" }],
    ["BODY_INVALID", { display_name: null }],
    ["BODY_INVALID", { discoverable: "yes" }],
  ])("[PEOPLE-3] are refused with %s: %j", async (code, json) => {
    const person = await signUp();
    expect(await failure(await change(person, { discoverable: true, ...json }))).toEqual({ status: 400, code });
    const me = await api("GET", "/auth/me", { token: person.token });
    expect(await me.json()).toMatchObject({ display_name: person.username, discoverable: false });
  });
});

describe("a profile", () => {
  it("[PEOPLE-1] shows who somebody is and how one stands to them, and never an address", async () => {
    const [viewer, other] = [await signUp(), await signUp()];
    const stranger = {
      id: other.id,
      username: other.username,
      display_name: other.username,
      is_friend: false,
      is_following: false,
      is_blocked: false,
    };
    for (const name of [other.username, other.id].flatMap((text) => [text, text.toUpperCase()])) {
      expect(await (await profile(viewer, name)).json()).toEqual(stranger);
    }
    await befriend(viewer, other);
    await follow(viewer, other);
    const known = { ...stranger, is_friend: true, is_following: true };
    expect(await (await profile(viewer, other.username)).json()).toEqual(known);
    await block(viewer, other);
    expect(await (await profile(viewer, other.username)).json()).toEqual({ ...stranger, is_blocked: true });
    expect(await (await profile(viewer, viewer.username)).json()).toMatchObject({ id: viewer.id, is_friend: false });
  });

  it("[PEOPLE-1] is unknown of who never was, was deleted, or can't be", async () => {
    const [viewer, gone] = [await signUp(), await signUp()];
    await deleteAccount(gone);
    const nobody = [gone.username, gone.id, freshUsername(), crypto.randomUUID()];
    for (const name of [...nobody, "x", "%00", "a%20b", "x".repeat(5_000), `${viewer.id}-`]) {
      expect(await failure(await profile(viewer, name))).toEqual(USER_UNKNOWN);
    }
  });

  it("[PEOPLE-1] every username has one: what is a path of its own is nobody's", async () => {
    const json = { email: "search@test.com", username: " Search ", password: "12345678" };
    expect(await failure(await api("POST", "/auth/register", { json }))).toEqual({
      status: 409,
      code: "USERNAME_TAKEN",
    });
  });
});

describe("a search", () => {
  function search(viewer: Person, q: string, limit?: number) {
    return idsIn(viewer, `/users/search?q=${encodeURIComponent(q)}`, limit);
  }

  it("[PEOPLE-2] finds by how the username begins, in order, over pages, and nobody who did not opt in", async () => {
    const name = freshUsername("s").slice(0, 12);
    const viewer = await discoverable(`${name}.me`);
    await signUp(`${name}.no`);
    const found = [];
    // In the order of bytes, which no other collation has.
    for (const next of [".b", "0", "_x", "a", "z"]) found.push((await discoverable(name + next)).id);
    for (const q of [name, ` ${name.toUpperCase()} `]) expect(await search(viewer, q)).toEqual(found);
    for (const limit of [1, 2, 5]) expect(await search(viewer, name, limit)).toEqual(found);
    expect(await search(viewer, `${name}z`)).toEqual([found[4]]);
    expect(await search(viewer, `${name}_`)).toEqual([found[2]]);
    const answer = await api("GET", `/users/search?q=${name}`, { token: viewer.token });
    expect(await answer.text()).not.toContain("test.com");
  });

  it("[PEOPLE-2] finds nobody by anything but a beginning of a username", async () => {
    const viewer = await signUp();
    const other = await discoverable("found");
    expect(await search(viewer, other.username)).toEqual([other.id]);
    for (const q of [
      "",
      " ",
      "%",
      "_%",
      other.username.slice(1),
      other.email,
      other.id,
      "\0",
      "ß",
      "x".repeat(3_000),
    ]) {
      expect(await search(viewer, q)).not.toContain(other.id);
    }
    await change(other, { display_name: "Zaphod" });
    expect(await search(viewer, "zaphod")).toEqual([]);
    const missing = await api("GET", "/users/search", { token: viewer.token });
    expect(await missing.json()).toEqual({ users: [], next_cursor: null });
  });

  it("[PEOPLE-2] no longer finds who changed their mind, was deleted, or has blocked one", async () => {
    const viewer = await signUp();
    for (const leave of [
      (person: Person) => change(person, { discoverable: false }),
      deleteAccount,
      (person: Person) => block(person, viewer),
    ]) {
      const person = await discoverable("found");
      expect(await search(viewer, person.username)).toEqual([person.id]);
      await leave(person);
      expect(await search(viewer, person.username)).toEqual([]);
    }
  });

  it("[PEOPLE-4] can be made 30 times a minute by an account, and not without Redis", async () => {
    stopClock();
    const { token } = await signUp();
    const statuses = [];
    for (let count = 0; count < 33; count += 1) {
      statuses.push((await api("GET", "/users/search?q=a", { token })).status);
    }
    expect(statuses.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 200));
    expect(statuses).toContain(429);
    const other = await signUp();
    const repair = breakStore("redis");
    const refused = await api("GET", "/users/search?q=a", { token: other.token });
    repair();
    expect(await failure(refused)).toEqual({ status: 503, code: "UNAVAILABLE" });
  });
});
