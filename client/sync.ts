/** Keeps a Log in step with the server over connections that come and go. Pure: it only hears what arrived. */
import type { LoggedEvent, ServerFrame } from "../protocol/frames.ts";
import type { HistoryData } from "../protocol/http.ts";
import type { OpaqueEvent } from "./incoming.ts";
import { append, fromPage, type Log, prepend } from "./log.ts";

type Welcome = Pick<ServerFrame & { type: "welcome" }, "epoch" | "head" | "recovered">;

/** Where the log stands: what `hello` says. */
export interface Position {
  epoch?: string;
  since?: number;
}

export class Sync {
  #log: Log | undefined;
  /** Of this connection; undefined before its `welcome`. */
  #welcome: Welcome | undefined;
  /** Whether each event now arriving continues the log. */
  #following = false;
  /** Whether this connection said what the log has: then only `recovered` makes the log continue. */
  #resuming = false;
  /** Events that arrived before the page they follow. */
  #early: (LoggedEvent | OpaqueEvent)[] = [];

  get log(): Log | undefined {
    return this.#log;
  }

  /** Whether the log has everything up to the moment of connecting, and follows what comes. */
  get isCurrent(): boolean {
    return this.#following && (this.#log?.head ?? 0) >= (this.#welcome?.head ?? Infinity);
  }

  /** Whether only a page can bring the log up to date. */
  get needsPage(): boolean {
    return this.#log === undefined || (this.#welcome !== undefined && !this.#following);
  }

  /** A connection begins. */
  connect(): Position {
    this.disconnect();
    this.#resuming = this.#log !== undefined;
    return this.#log ? { epoch: this.#log.epoch, since: this.#log.head } : {};
  }

  disconnect(): void {
    this.#welcome = undefined;
    this.#following = false;
    this.#early = [];
  }

  welcome(welcome: Welcome): void {
    this.#welcome = welcome;
    if (welcome.recovered && this.#resuming) this.#following = true;
    else if (this.#log && !this.#resuming) this.#follow(this.#log);
  }

  /** @returns false when there is a hole between the log and the event: reconnect */
  event(event: LoggedEvent | OpaqueEvent): boolean {
    if (!this.#following || !this.#log) {
      this.#early.push(event);
      return true;
    }
    if (event.seq <= this.#log.head) return true;
    if (event.seq > this.#log.head + 1) return false;
    this.#log = append(this.#log, event);
    return true;
  }

  /** Takes the newest page. When `needsPage` still holds after it, it was older than the connection: load again. */
  page(page: HistoryData): void {
    if (!this.needsPage) return;
    const log = fromPage(page);
    if (this.#welcome) this.#follow(log);
    else this.#log = log;
  }

  /** @returns false when the page is of another life of the log: reconnect */
  olderPage(page: HistoryData): boolean {
    if (!this.#log) return true;
    if (page.epoch !== this.#log.epoch) return false;
    this.#log = prepend(this.#log, page);
    return true;
  }

  /** @returns whether the server's log, at the time it told `head`, holds something that will never arrive here */
  misses(head: number, epoch = this.#welcome?.epoch): boolean {
    if (this.#welcome === undefined) return false;
    // No page of another life of the log ever fits this connection.
    return epoch !== this.#welcome.epoch || (this.isCurrent && head > (this.#log?.head ?? 0));
  }

  /** Forgets everything. */
  clear(): void {
    this.#log = undefined;
    this.disconnect();
  }

  /** Events pushed since `welcome` follow its head: a log that reaches it, of the same epoch, has no hole. */
  #follow(log: Log): void {
    if (log.epoch !== this.#welcome?.epoch || log.head < this.#welcome.head) return;
    this.#log = log;
    this.#following = true;
    for (const event of this.#early.splice(0)) this.event(event);
  }
}
