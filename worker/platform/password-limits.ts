/** How often passwords may be tried: by an address, and for an account from wherever. */
import { createHash } from "node:crypto";
import { addressOf } from "../address.ts";
import type { AppContext } from "../context.ts";
import { limit, storesOf } from "../stores.ts";

/**
 * @param account - whatever names it; counted whether or not there is one, and kept as a hash only
 * @throws DuetError `TOO_MANY_REQUESTS` or `UNAVAILABLE`
 */
export async function limitPasswords(c: AppContext, account: string): Promise<void> {
  const { signIns, signInsPerAccount } = storesOf(c.env);
  await limit(signIns, addressOf(c));
  await limit(signInsPerAccount, limitKey(account));
}

/** Redis need not know whom it counts. */
export function limitKey(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
