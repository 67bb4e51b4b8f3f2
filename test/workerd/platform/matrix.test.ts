/** Every row of the table, with everything that can be wrong with who asks and with what they send. */
import { env } from "cloudflare:workers";
import { SignJWT, UnsecuredJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { BODY_ERRORS } from "../../../protocol/endpoint.ts";
import { ACCOUNT_ERRORS, PAGE_ERRORS } from "../../../protocol/platform/endpoint-parts.ts";
import { failure, login, register } from "../pair.ts";
import { api, isSignedIn, type Person, signIn, signUp } from "./people.ts";
import { ask, ROWS, type Sent, SIGNED_IN } from "./rows.ts";

const WITH_BODY = ROWS.filter(({ endpoint }) => endpoint.body !== undefined);
const LISTS = ROWS.filter(({ endpoint }) => endpoint.query && "cursor" in endpoint.query._zod.def.shape);

const KEY = new TextEncoder().encode(env.SESSION_SECRET);
const UNAUTHENTICATED = { status: 401, code: "UNAUTHENTICATED" };

function sign(claims: object, alg = "HS256", key = KEY): Promise<string> {
  return new SignJWT({ ...claims }).setProtectedHeader({ alg }).sign(key);
}

/** What somebody may send who is not signed in, by what is wrong with it. */
async function badTokens(person: Person): Promise<Record<string, string | undefined>> {
  const hash = await register();
  const cookie = await login(hash, "Abhi");
  const deleted = await signUp("deleted");
  await api("DELETE", "/users/me", { token: deleted.token });
  const ended = await signIn(person);
  await api("POST", "/auth/logout", { token: ended.token });
  const other = await signUp("other");
  const [, sid] = person.refreshToken.split(".");
  const exp = Math.floor(Date.now() / 1000) + 600;
  const claims = { iss: "duet", aud: "duet-account", sub: person.id, sid, username: person.username, exp };
  const [header, , signature] = person.token.split(".");
  const payload = person.token.split(".")[1] ?? "";
  // Control: what the forged ones imitate.
  expect(await isSignedIn(await sign(claims))).toBe(true);
  const tokens = {
    noise: "nonsense",
    "a pair chat's token": cookie.slice(cookie.indexOf("=") + 1),
    "a refresh token": person.refreshToken,
    "a deleted account": deleted.token,
    "a session that was ended": ended.token,
    "the signature of another token": `${header}.${payload}.${other.token.split(".")[2]}`,
    "another payload": `${header}.${other.token.split(".")[1]}.${signature}`,
    "no signature": `${header}.${payload}.`,
    "alg none": new UnsecuredJWT({ ...claims }).encode(),
    expired: await sign({ ...claims, exp: exp - 601 }),
    "no end": await sign({ ...claims, exp: undefined }),
    "another key": await sign(claims, "HS256", new TextEncoder().encode("another-secret-another-secret-another")),
    HS512: await sign(claims, "HS512"),
    "another issuer": await sign({ ...claims, iss: "somebody" }),
    "another audience": await sign({ ...claims, aud: "duet-email" }),
    "no audience": await sign({ ...claims, aud: undefined }),
    "another account's session": await sign({ ...claims, sub: other.id }),
    "an account that never was": await sign({ ...claims, sub: crypto.randomUUID() }),
    "an account that can't be": await sign({ ...claims, sub: "../x" }),
    "no account": await sign({ ...claims, sub: undefined }),
    "no session": await sign({ ...claims, sid: undefined }),
    "no username": await sign({ ...claims, username: undefined }),
  };
  const headers = Object.fromEntries(Object.entries(tokens).map(([name, token]) => [name, `Bearer ${token}`]));
  return {
    ...headers,
    nothing: undefined,
    empty: "",
    "no token": "Bearer ",
    "another scheme": `Basic ${person.token}`,
  };
}

describe("without a session", () => {
  let bad: Record<string, string | undefined>;
  beforeAll(async () => {
    bad = await badTokens(await signUp());
  });

  it.each(SIGNED_IN)("[TOK-1] [S8] $method $name is UNAUTHENTICATED", async ({ method, endpoint }) => {
    for (const [name, authorization] of Object.entries(bad)) {
      // A body that is wrong as well: who asks is looked at first.
      const answer = await ask(method, endpoint, { authorization, ...(endpoint.body && { body: "{" }) });
      expect(answer.headers.get("WWW-Authenticate")).toBe("Bearer");
      expect({ name, ...(await failure(answer)) }).toEqual({ name, ...UNAUTHENTICATED });
    }
  });
});

describe("with a session", () => {
  let authorization: string;
  beforeAll(async () => {
    authorization = `Bearer ${(await signUp()).token}`;
  });

  it.each(WITH_BODY)(
    "[API-5] $method $name refuses what is no JSON, too large, or of another type or shape",
    async (row) => {
      const { method, endpoint } = row;
      const sent: [string, Sent][] = [
        ["BAD_JSON", { body: "{" }],
        ["BAD_JSON", { body: "" }],
        ["UNSUPPORTED_MEDIA_TYPE", { headers: { "Content-Type": "text/plain" } }],
        ["BODY_TOO_LARGE", { body: JSON.stringify("x".repeat(64 * 1024)) }],
        ["BODY_INVALID", { body: "null" }],
        ["BODY_INVALID", { body: "[]" }],
        ["BODY_INVALID", { body: '"text"' }],
        ["BODY_INVALID", { body: "7" }],
      ];
      expect(endpoint.errors).toEqual(expect.arrayContaining([...BODY_ERRORS]));
      for (const [code, wrong] of sent) {
        const answer = await ask(method, endpoint, { authorization, ...wrong });
        expect({ body: wrong.body?.slice(0, 9), code: (await failure(answer)).code }).toEqual({
          body: wrong.body?.slice(0, 9),
          code,
        });
      }
    },
  );

  it.each(LISTS)("[LIST-2] $method $name refuses a wrong limit and a wrong cursor", async ({ method, endpoint }) => {
    for (const [query, code] of [
      ["?limit=0", "PAGE_LIMIT_INVALID"],
      ["?limit=101", "PAGE_LIMIT_INVALID"],
      ["?limit=x", "PAGE_LIMIT_INVALID"],
      ["?cursor=x", "CURSOR_INVALID"],
      [`?cursor=${btoa("[null,null,null]")}`, "CURSOR_INVALID"],
    ]) {
      const answer = await ask(method, endpoint, { authorization, ...(query !== undefined && { query }) });
      expect({ query, ...(await failure(answer)) }).toEqual({ query, status: 400, code });
    }
  });

  it.each(ROWS)("[API-5] $method $name answers to what is made up with one of its own errors", async (row) => {
    const { method, endpoint } = row;
    if (!endpoint.path.includes("/:")) return;
    const { status, code } = await failure(await ask(method, endpoint, { authorization }));
    expect(endpoint.errors).toContain(code);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });
});

it.each(ROWS)("[ORIG-1] $method $name is refused to pages of other origins", async ({ method, endpoint }) => {
  for (const Origin of ["https://evil.test", "null"]) {
    const answer = await ask(method, endpoint, { headers: { Origin } });
    expect(await failure(answer)).toEqual({ status: 403, code: "ORIGIN_FORBIDDEN" });
  }
});

it("[HTTP-2] a method that no row of a path has is METHOD_NOT_ALLOWED, and Allow has those of all rows", async () => {
  const paths = Map.groupBy(ROWS, ({ endpoint }) => endpoint.path);
  for (const rows of paths.values()) {
    const allowed = rows.map(({ method }) => method);
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"] as const) {
      const [row] = rows;
      if (allowed.includes(method) || !row) continue;
      const { body: _, ...endpoint } = row.endpoint;
      const answer = await ask(method, endpoint);
      expect(answer.headers.get("Allow")?.split(", ").toSorted()).toEqual(allowed.toSorted());
      expect(await failure(answer)).toEqual({ status: 405, code: "METHOD_NOT_ALLOWED" });
    }
  }
});

it("[API-5] every row names the errors that all rows of its kind have, each once", () => {
  const lacking = ROWS.flatMap(({ name, endpoint: { errors, signedIn, query } }) => {
    const wanted = [
      ...(signedIn === "account" ? ACCOUNT_ERRORS : []),
      ...(query && "cursor" in query._zod.def.shape ? PAGE_ERRORS : []),
    ];
    const missing = wanted.filter((code) => !errors.includes(code));
    const doubled = errors.filter((code, index) => errors.indexOf(code) !== index);
    return [...missing, ...doubled].map((code) => `${name}: ${code}`);
  });
  expect(lacking).toEqual([]);
});
