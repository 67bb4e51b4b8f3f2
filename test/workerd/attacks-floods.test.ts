/** Who is counted for what is counted by address, and what a flood must not reach (guarantee S11). */
import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { app } from "../../worker/app.ts";
import { stopClock } from "./outage.ts";
import { ORIGIN, pair, register, request } from "./pair.ts";

/** Headers in which proxies and clients tell an address. Only the edge's own, `CF-Connecting-IP`, is believed. */
const CLAIMS = [
  "X-Forwarded-For",
  "X-Real-IP",
  "True-Client-IP",
  "X-Client-IP",
  "X-Cluster-Client-IP",
  "CF-Connecting-IPv6",
  "CF-Pseudo-IPv4",
  "Fastly-Client-IP",
  "Forwarded",
  "Via",
];

beforeEach(() => void stopClock());

async function count(attempt: (index: number) => Promise<Response>, attempts: number): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  for (let index = 0; index < attempts; index += 1) {
    const { status } = await attempt(index);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  return statuses;
}

it("[S11] no header of a client's own gives it a fresh limit", async () => {
  const hash = await register();
  const statuses = await count((index) => {
    const claimed = `203.0.113.${index}`;
    const claims = Object.fromEntries(CLAIMS.map((name) => [name, name === "Forwarded" ? `for=${claimed}` : claimed]));
    const headers = { ...claims, "CF-Connecting-IP": "192.0.2.77" };
    return request("/chat-server/user/Abhi/login", { headers, json: { userName: "Abhi", hash } });
  }, 60);
  expect(Object.fromEntries(statuses)).toEqual({ 200: 20, 429: 40 });
});

it("[S11] without the edge's header all clients share one limit: it fails closed, not open", async () => {
  const body = JSON.stringify({ userOne: "A", userTwo: "B" });
  const statuses = await count(async (index) => {
    const headers = { "Content-Type": "application/json", "X-Forwarded-For": `203.0.113.${index}` };
    return app.request(`${ORIGIN}/chat-server/register`, { method: "POST", headers, body }, env);
  }, 30);
  expect(Object.fromEntries(statuses)).toEqual({ 200: 10, 429: 20 });
});

it("[S11] wrong guesses count like right ones, names in other letters included", async () => {
  const hash = await register();
  const names = ["Abhi", "abhi", "Zed", "ＡＢＨＩ", "Anny"];
  const statuses = await count((index) => {
    const userName = names[index % names.length] ?? "";
    const headers = { "CF-Connecting-IP": "192.0.2.78" };
    return request(`/chat-server/user/${encodeURIComponent(userName)}/login`, { headers, json: { userName, hash } });
  }, 50);
  expect(statuses.get(429)).toBe(30);
});

it("[S11] a flood of typing and marks is cut off too, and floods nobody else", async () => {
  const { abhi, anny } = await pair();
  for (let index = 0; index < 600; index += 1) abhi.send({ type: "typing", on: index % 2 === 0 });
  expect(await abhi.closing()).toEqual({ code: 4000, reason: "TOO_FAST" });
  expect(anny.all("typing").length).toBeLessThanOrEqual(60);
  anny.send({ type: "send", id: "m", body: "fine" });
  await anny.frame("ack");
});
