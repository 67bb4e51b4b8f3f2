/** Asks the server to confirm an address. */
import { BASE_PATH } from "../../device/routes.ts";
import { enVerify as text } from "../../strings/en-verify.ts";

export interface Outcome {
  isDone: boolean;
  /** What happened, and what to do. */
  text: string;
  /** Whether the same link may do later. */
  isPassing: boolean;
}

/** The status says it all: the request is refused for its token only, which is the one thing in it. */
export async function verifyEmail(token: string): Promise<Outcome> {
  try {
    const { ok, status } = await fetch(`${BASE_PATH}/api/v1/auth/verify-email`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token }),
    });
    if (ok) return { isDone: true, text: text.done.text, isPassing: false };
    const isPassing = status >= 500;
    return { isDone: false, text: isPassing ? text.unavailable : text.invalid, isPassing };
  } catch {
    return { isDone: false, text: text.unreachable, isPassing: true };
  }
}
