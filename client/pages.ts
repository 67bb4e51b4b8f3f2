/** Fetches pages of history into the log: the newest until it fits the connection, older ones on demand. */
import type { Api } from "./api.ts";
import { backoff } from "./backoff.ts";
import type { Sync } from "./sync.ts";

interface PagesOptions {
  api: Pick<Api, "history">;
  hash: string;
  sync: Sync;
  /** The log or `isLoadingOlder` changed. */
  onChange: () => void;
  /** The newest page can't be had for now. */
  onFailure: (error: unknown) => void;
  /** The log has begun a new life. */
  onForeignEpoch: () => void;
}

export class Pages {
  readonly #options: PagesOptions;
  #wanted = false;
  #loading = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #older: Promise<void> | undefined;

  constructor(options: PagesOptions) {
    this.#options = options;
  }

  get isLoadingOlder(): boolean {
    return this.#older !== undefined;
  }

  /** Loads the newest page, again and again until the log needs none. */
  async loadNewest(attempt = 0): Promise<void> {
    const { api, hash, sync, onChange, onFailure } = this.#options;
    clearTimeout(this.#timer);
    this.#wanted = true;
    if (this.#loading || !sync.needsPage) return;
    this.#loading = true;
    try {
      sync.page(await api.history(hash));
      onChange();
    } catch (error) {
      onFailure(error);
    }
    this.#loading = false;
    if (this.#wanted && sync.needsPage) {
      this.#timer = setTimeout(() => void this.loadNewest(attempt + 1), backoff(attempt));
    }
  }

  /** No further attempts. */
  stop(): void {
    this.#wanted = false;
    clearTimeout(this.#timer);
  }

  /** @throws ApiError */
  async loadOlder(): Promise<void> {
    const { sync, onChange } = this.#options;
    const before = sync.log?.olderCursor ?? undefined;
    if (before === undefined) return;
    this.#older ??= this.#fetchOlder(before).finally(() => {
      this.#older = undefined;
      onChange();
    });
    onChange();
    await this.#older;
  }

  async #fetchOlder(before: string): Promise<void> {
    const { api, hash, sync, onForeignEpoch } = this.#options;
    const page = await api.history(hash, { before });
    // Meanwhile a reload may have replaced the log that this page belongs to.
    if (sync.log?.olderCursor === before && !sync.olderPage(page)) onForeignEpoch();
  }
}
