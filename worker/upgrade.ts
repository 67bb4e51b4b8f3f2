/** Upgrades to WebSockets, which an object answers. */
import { refusalOf } from "../durable-objects/upgrade.ts";
import { DuetError } from "../protocol/errors.ts";
import type { AppContext } from "./context.ts";
import { reach } from "./conversations.ts";

/** @throws DuetError `UPGRADE_REQUIRED` */
export function requireUpgrade(c: AppContext): void {
  if (c.req.header("Upgrade")?.toLowerCase() !== "websocket") throw new DuetError("UPGRADE_REQUIRED");
}

/**
 * @param answer - of an object to an `upgradeRequest`
 * @throws DuetError what it refused with, or `UNAVAILABLE`
 */
export async function upgraded(answer: Promise<Response>): Promise<Response> {
  const response = await reach(answer);
  const refused = refusalOf(response);
  if (refused) throw new DuetError(refused);
  return response;
}
