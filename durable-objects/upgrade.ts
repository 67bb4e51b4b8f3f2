/** How the Worker and the object talk over an upgrade, which can't go over RPC. */
import { DuetError, type ErrorCode, isErrorCode } from "../protocol/errors.ts";
import type { Session } from "./connections.ts";

const SESSION_HEADER = "duet-session";
const REFUSAL_HEADER = "duet-refusal";

/** @returns the request that asks a Conversation for a socket on behalf of a verified session */
export function upgradeRequest(session: Session): Request {
  const headers = { Upgrade: "websocket", [SESSION_HEADER]: encodeURIComponent(JSON.stringify(session)) };
  return new Request("https://conversation/", { headers });
}

/** Only the Worker can reach an object, and it wrote the header itself. */
export function readSession(request: Request): Session {
  const session: Session = JSON.parse(decodeURIComponent(request.headers.get(SESSION_HEADER) ?? ""));
  return session;
}

/** @throws what is not a coded error: a bug */
export function refusal(error: unknown): Response {
  if (!(error instanceof DuetError)) throw error;
  return new Response(null, { status: 400, headers: { [REFUSAL_HEADER]: error.code } });
}

/** @returns why the object refused an upgrade, or undefined when it did not */
export function refusalOf(response: Response): ErrorCode | undefined {
  const code = response.headers.get(REFUSAL_HEADER);
  return code !== null && isErrorCode(code) ? code : undefined;
}
