/** Inputs nobody would think of, the same ones for the same seed. */
import { PING } from "../../protocol/frames.ts";
import { pick, type Random } from "../faults/random.ts";

const STRINGS = [
  "",
  " ",
  "\0",
  "\u0000\u0001",
  "\ud800",
  "\udfff\ud800",
  "\u202eevil",
  "\u200b",
  "\u{1F468}\u200D\u{1F469}",
  "é",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "then",
  "[object Object]",
  "NaN",
  "undefined",
  "null",
  "'; drop table messages; --",
  '" or 1=1 --',
  "$1",
  "${7*7}",
  "{{7*7}}",
  "%s%n%x",
  "\\u0000",
  "\r\nSet-Cookie: a=b",
  "../../../etc/passwd",
  "%2e%2e%2f",
  "%00",
  "%",
  "%E0%A4%A",
  "javascript:alert(1)",
  "<script>alert(1)</script>",
  "9".repeat(400),
  "a".repeat(4_000),
  "a".repeat(4_001),
  "😀".repeat(4_000),
  "𝕏".repeat(33),
  "\n".repeat(500),
  "1e400",
  "-0",
  "0x10",
  "1_000",
  "Infinity",
  "２０２５",
  "2025-13-45T99:99:99Z",
  "+275760-09-13T00:00:00.001Z",
];
const NUMBERS = [0, -0, 1, -1, 0.5, 1e21, -1e308, 2 ** 31, 2 ** 53, 2 ** 53 - 1, -(2 ** 53), 1e-7, 8.64e15 + 1];

/** Any JSON value, mostly small ones. */
function anything(random: Random, depth = 0): unknown {
  const kind = Math.floor(random() * (depth > 3 ? 5 : 8));
  switch (kind) {
    case 0:
      return pick(random, STRINGS);
    case 1:
      return pick(random, NUMBERS);
    case 2:
      return pick(random, [true, false, null]);
    case 3:
      return noise(random, 40);
    case 4:
      return Math.floor(random() * 2 ** 32) - 2 ** 31;
    case 5:
      return Array.from({ length: Math.floor(random() * 4) }, () => anything(random, depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: Math.floor(random() * 4) }, () => [
          random() < 0.5 ? pick(random, STRINGS) : noise(random, 8),
          anything(random, depth + 1),
        ]),
      );
  }
}

/** Characters from all of Unicode, halves of surrogate pairs included. */
function noise(random: Random, max: number): string {
  const length = Math.floor(random() * max);
  const unit = () => (random() < 0.5 ? random() * 128 : random() * 65_536);
  return String.fromCharCode(...Array.from({ length }, () => Math.floor(unit())));
}

/** An object that is right but for one to three of its fields, which are changed, missing or too many. */
export function mutate(random: Random, right: object): object {
  const fields = Object.entries(right);
  const changes = 1 + Math.floor(random() * 3);
  for (let change = 0; change < changes; change += 1) {
    const index = Math.floor(random() * (fields.length + 1));
    const field = fields[index];
    if (!field) fields.push([pick(random, STRINGS), anything(random)]);
    else if (random() < 0.2) fields.splice(index, 1);
    else fields[index] = [field[0], anything(random)];
  }
  return Object.fromEntries(fields);
}

/** A text with some of its characters cut out, doubled or replaced. */
export function scramble(random: Random, text: string): string {
  const at = Math.floor(random() * text.length);
  const end = at + Math.floor(random() * 5);
  const inserted = random() < 0.5 ? noise(random, 4) : text.slice(at, end).repeat(2);
  return text.slice(0, at) + inserted + text.slice(end);
}

const RIGHT_FRAMES = [
  { type: "hello", v: 1, epoch: "e", since: 0 },
  { type: "send", id: "m-1", body: "Hello", replyTo: 1, sentAt: 1 },
  { type: "edit", id: "e-1", seq: 1, body: "Hello!" },
  { type: "delete", id: "d-1", seq: 1 },
  { type: "react", id: "r-1", seq: 1, emoji: "👍" },
  { type: "typing", on: true },
  { type: "delivered", seq: 1 },
  { type: "read", seq: 1 },
];

/** What arrives on a socket: noise, JSON of any kind, and frames that are nearly right. */
export function anyFrame(random: Random): string | ArrayBuffer {
  const kind = random();
  if (kind < 0.02) return new Uint8Array(Math.floor(random() * 64)).fill(random() * 256).buffer;
  if (kind < 0.04)
    return pick(random, [PING, `${PING} `, "", "null", "[]", "{}", "[".repeat(8_000), "x".repeat(20_000)]);
  if (kind < 0.15) return noise(random, 200);
  if (kind < 0.3) return JSON.stringify(anything(random)) ?? "";
  const frame = JSON.stringify(mutate(random, pick(random, RIGHT_FRAMES)));
  return kind < 0.85 ? frame : scramble(random, frame);
}

/** A request of the pair chat's API that is nearly right, or nothing like one. */
export interface AnyRequest {
  path: string;
  method: string;
  body: string | undefined;
  headers: Record<string, string>;
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"];
const CONTENT_TYPES = [
  "application/json",
  "application/json;charset=utf-8",
  "text/plain",
  "application/xml",
  "a/b;c",
  "",
];
const HEADERS = ["Origin", "Cookie", "Upgrade", "Sec-Fetch-Site", "Content-Type", "Accept", "Range", "If-None-Match"];

/** @param cookie - a genuine session for `hash`, sent where the request can do no more than it should */
export function anyRequest(random: Random, hash: string, cookie: string): AnyRequest {
  const json = { "Content-Type": "application/json" };
  const kind = random();
  if (kind < 0.7) {
    const { path, right } = pick(random, rightBodies(hash));
    const body = random() < 0.7 ? mutate(random, right) : anything(random);
    const text = JSON.stringify(body) ?? "";
    return {
      path,
      method: "POST",
      body: random() < 0.8 ? text : scramble(random, text),
      headers: { ...json, Cookie: cookie },
    };
  }
  const headers: Record<string, string> = {};
  if (random() < 0.7) headers["Content-Type"] = pick(random, CONTENT_TYPES);
  if (random() < 0.5) headers[pick(random, HEADERS)] = asHeader(pick(random, [...STRINGS, noise(random, 60)]));
  const method = pick(random, METHODS);
  const hasBody = method !== "GET" && method !== "HEAD" && random() < 0.8;
  return { path: anyPath(random, hash), method, body: hasBody ? noise(random, 300) : undefined, headers };
}

function rightBodies(hash: string) {
  const message = {
    userHash: hash,
    sender: "Abhi",
    reciever: "Anny",
    message: "Hello",
    timestamp: 1,
    id: "m",
    replyTo: 1,
  };
  return [
    { path: "/chat-server/register/submit", right: { userOne: "Abhi", userTwo: "Anny" } },
    { path: "/chat-server/user/Abhi/login", right: { userName: "Abhi", hash } },
    { path: `/chat-server/user/${hash}/message_send`, right: message },
  ];
}

function anyPath(random: Random, hash: string): string {
  const segment = () => {
    const text = pick(random, [hash, "messages", "message_send", "ws", "logout", "endchat", "login", ...STRINGS]);
    return random() < 0.5 ? encodeURIComponent(text.toWellFormed()) : text.replaceAll(/[#?]/g, "");
  };
  const segments = Array.from({ length: Math.floor(random() * 4) }, segment);
  const query = ["hash", "before", "limit"].flatMap((name) =>
    random() < 0.3 ? [`${name}=${random() < 0.5 ? segment() : Math.floor(random() * 1e6)}`] : [],
  );
  return `/chat-server/user/${segments.join("/")}?${query.join("&")}`;
}

/** What a header can hold at all. */
function asHeader(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "").slice(0, 1_000);
}
