/** The mail port: one way out, over a provider's HTTP API. */

export interface Mail {
  to: string;
  subject: string;
  /** Plain text. */
  text: string;
}

/** Milliseconds until a provider is given up. */
const TIMEOUT_MS = 10_000;

/**
 * Hands a mail to the provider at `MAIL_API_URL`. Without `MAIL_FROM` or `MAIL_API_KEY` a deployment sends none.
 *
 * @throws Error when the provider does not take it; the message holds nothing of the mail
 */
export async function sendMail(env: Env, { to, subject, text }: Mail): Promise<void> {
  if (!env.MAIL_FROM || !env.MAIL_API_KEY) return;
  const answer = await fetch(env.MAIL_API_URL, {
    method: "POST",
    headers: { Authorization: `Bearer ${env.MAIL_API_KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify({ from: env.MAIL_FROM, to: [to], subject, text }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`The mail provider answered ${answer.status}.`);
}
