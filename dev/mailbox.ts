/** Stands in for the mail provider: takes what Resend's API takes, and shows it to who is at this machine. */
import { appendFile, readFile } from "node:fs/promises";
import * as z from "zod";
import { type JsonAnswer, type JsonRequest, type RunningServer, serveJson } from "./json-server.ts";

export const MailboxOptions = z.object({
  /** 0 takes any free one. */
  port: z.int(),
  /** What `POST /emails` needs as bearer token; looking needs none. */
  key: z.string(),
  /** Where the mails are kept, one JSON text per line. Without it they are in memory only. */
  file: z.string().optional(),
});
export type MailboxOptions = z.infer<typeof MailboxOptions>;

const Mail = z.object({ from: z.string(), to: z.array(z.string()), subject: z.string(), text: z.string() });
const KeptMail = Mail.extend({ id: z.string(), at: z.string() });
type KeptMail = z.infer<typeof KeptMail>;

/**
 * Starts the mailbox: `POST /emails` delivers, `GET /` shows all mails, newest first.
 *
 * @throws Error when the port is taken or the file is not a mailbox
 */
export async function startMailbox({ port, key, file }: MailboxOptions): Promise<RunningServer> {
  const mails = file === undefined ? [] : await readMails(file);
  let writing = Promise.resolve();

  async function answer({ method, path, headers, body }: JsonRequest): Promise<JsonAnswer> {
    if (method === "GET" && path === "/") return { status: 200, body: { mails: mails.toReversed() } };
    if (method !== "POST" || path !== "/emails") return { status: 404, body: { message: "GET / or POST /emails" } };
    if (headers.authorization !== `Bearer ${key}`) return { status: 401, body: { message: "The API key is wrong." } };
    const mail = Mail.safeParse(parseJson(body));
    if (!mail.success) return { status: 422, body: { message: z.prettifyError(mail.error) } };
    const kept = { id: crypto.randomUUID(), at: new Date().toISOString(), ...mail.data };
    mails.push(kept);
    if (file !== undefined) {
      writing = writing.then(() => appendFile(file, `${JSON.stringify(kept)}\n`, { mode: 0o600 }));
      await writing;
    }
    return { status: 200, body: { id: kept.id } };
  }

  return serveJson(port, answer, () => writing);
}

async function readMails(file: string): Promise<KeptMail[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => KeptMail.parse(JSON.parse(line)));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
