/** How the Worker and the object talk over an upgrade, which can't go over RPC. */
import { DuetError, type ErrorCode, isErrorCode } from "../protocol/errors.ts";

const SESSION_HEADER = "duet-session";
const REFUSAL_HEADER = "duet-refusal";

/** @param session - verified by the Worker @returns the request that asks an object for a socket on its behalf */
export function upgradeRequest(session: object): Request {
  const headers = { Upgrade: "websocket", [SESSION_HEADER]: encodeURIComponent(JSON.stringify(session)) };
  return new Request("https://object/", { headers });
}

/** @returns the session as JSON: only the Worker can reach an object, and it wrote the header itself */
export function sessionText(request: Request): string {
  return decodeURIComponent(request.headers.get(SESSION_HEADER) ?? "");
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
