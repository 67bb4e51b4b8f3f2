/** One-time tickets, for clients that can put no token but in an address: what is in a log then opens nothing. */
import { hashOf, newKey } from "../secrets.ts";

/** Milliseconds until an unused ticket runs out. */
export const TICKET_MS = 30_000;

/** The session that a ticket stands for. */
export interface TicketHolder {
  sessionId: string;
  /** Milliseconds since 1970 when the access token that it was got with runs out, and the socket with it. */
  expiresAt: number;
}

interface Row extends Record<string, SqlStorageValue> {
  session_id: string;
  session_expires_at: number;
  expires_at: number;
}

export class Tickets {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** @returns the ticket's secret */
  create({ sessionId, expiresAt }: TicketHolder, now = Date.now()): string {
    this.#sql.exec("delete from tickets where expires_at <= ?", now);
    const secret = newKey();
    this.#sql.exec("insert into tickets values (?, ?, ?, ?)", hashOf(secret), sessionId, expiresAt, now + TICKET_MS);
    return secret;
  }

  /** @returns whose it is, the first time it is asked before it runs out */
  redeem(secret: string, now = Date.now()): TicketHolder | undefined {
    const hash = hashOf(secret);
    const [row] = this.#sql.exec<Row>("select * from tickets where hash = ?", hash).toArray();
    this.#sql.exec("delete from tickets where hash = ?", hash);
    if (!row || row.expires_at <= now) return undefined;
    return { sessionId: row.session_id, expiresAt: row.session_expires_at };
  }
}
