/** What is known of a conversation from answers alone. */
import type { Absence } from "./account-checker.ts";
import type { Individual } from "./individual.ts";

/** A conversation as answers told it. */
export class Talk {
  readonly id: string;
  readonly kind: string;
  readonly roles = new Map<Individual, string>();
  readonly muted = new Map<Individual, boolean>();
  /** Null for a direct conversation. */
  name: string | null;
  readonly absences: Absence[] = [];
  /** What concerns members happens one by one: else nobody could say what the outcome must be. */
  #last: Promise<void> = Promise.resolve();
  failure: unknown;

  constructor(id: string, kind: string, name: string | null = null) {
    this.id = id;
    this.kind = kind;
    this.name = name;
  }

  change(act: () => Promise<unknown>): void {
    this.#last = this.#last
      .then(async () => void (await act()))
      .catch((error: unknown) => {
        this.failure ??= error;
      });
  }

  /** @throws what a call was answered that should have worked */
  async settled(): Promise<void> {
    await this.#last;
    if (this.failure !== undefined) throw this.failure;
  }

  get owner(): Individual | undefined {
    return [...this.roles].find(([, role]) => role === "owner")?.[0];
  }

  left(who: Individual): void {
    this.roles.delete(who);
    this.absences.push({ accountId: who.id, from: Date.now(), to: Infinity });
  }

  /** To be called before they are asked back. */
  returns(who: Individual): void {
    for (const absence of this.absences) {
      if (absence.accountId === who.id && absence.to === Infinity) absence.to = Date.now();
    }
  }
}
