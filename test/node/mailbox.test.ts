import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startMailbox } from "../../dev/mailbox.ts";

const MAIL = { from: "Duet <duet@localhost>", to: ["alice@test.com"], subject: "Hello", text: "There\n" };

function send(port: number, mail: unknown, key = "key"): Promise<Response> {
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  return fetch(`http://127.0.0.1:${port}/emails`, { method: "POST", headers, body: JSON.stringify(mail) });
}

async function look(port: number): Promise<unknown> {
  return (await fetch(`http://127.0.0.1:${port}/`)).json();
}

it("[MAIL-2] the local mailbox shows what was sent, newest first, and keeps it over a restart", async () => {
  const folder = await mkdtemp(join(tmpdir(), "duet-mailbox-"));
  const options = { port: 0, key: "key", file: join(folder, "mails.jsonl") };
  const first = await startMailbox(options);
  expect((await send(first.port, MAIL)).status).toBe(200);
  expect((await send(first.port, { ...MAIL, subject: "Again" })).status).toBe(200);
  await first.stop();
  const second = await startMailbox(options);
  const kept = { id: expect.any(String), at: expect.any(String) };
  expect(await look(second.port)).toEqual({
    mails: [
      { ...MAIL, ...kept, subject: "Again" },
      { ...MAIL, ...kept },
    ],
  });
  await second.stop();
  await rm(folder, { recursive: true });
});

it("[MAIL-2] it refuses what the provider would refuse", async () => {
  const mailbox = await startMailbox({ port: 0, key: "key" });
  expect((await send(mailbox.port, MAIL, "another key")).status).toBe(401);
  expect((await send(mailbox.port, { ...MAIL, to: "alice@test.com" })).status).toBe(422);
  expect((await send(mailbox.port, "text")).status).toBe(422);
  expect((await fetch(`http://127.0.0.1:${mailbox.port}/nowhere`)).status).toBe(404);
  expect(await look(mailbox.port)).toEqual({ mails: [] });
  await mailbox.stop();
});
