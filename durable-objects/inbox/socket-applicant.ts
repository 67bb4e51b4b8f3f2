/** Who asks for a socket of an account, as the Worker hands it on. */
import { SUBPROTOCOL } from "../../protocol/platform/account-frames.ts";

interface Common {
  accountId: string;
  dialect: "duet" | "seed";
}

export type SocketApplicant =
  | (Common & {
      kind: "session";
      sessionId: string;
      /** Milliseconds since 1970 when the access token runs out. */
      expiresAt: number;
    })
  | (Common & { kind: "ticket"; secret: string });

/** A browser gives up a socket whose subprotocol was not accepted. */
export function subprotocolHeaders({ dialect }: SocketApplicant): Record<string, string> {
  return dialect === "duet" ? { "Sec-WebSocket-Protocol": SUBPROTOCOL } : {};
}
