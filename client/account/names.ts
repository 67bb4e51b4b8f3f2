/** How people are called: from the lists of members and the pages that went by. */
import type { Member } from "../../protocol/frames.ts";
import type { PersonName } from "./types.ts";

export class Names {
  readonly #known = new Map<string, PersonName>();

  get(id: string): PersonName | undefined {
    return this.#known.get(id);
  }

  /** @param username - empty, or undefined, of accounts that were deleted */
  meet(id: string, username: string | undefined, displayName = this.#known.get(id)?.displayName): void {
    if (username === undefined || username === "") this.#known.delete(id);
    else this.#known.set(id, { username, displayName });
  }

  meetAll(members: readonly Member[]): void {
    for (const { name, username, display_name } of members) this.meet(name, username, display_name);
  }

  clear(): void {
    this.#known.clear();
  }
}
