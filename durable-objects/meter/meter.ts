/**
 * Adds up what the isolates and objects of a deployment report. One object, which only `GET /chat-server/metrics` reads;
 * nothing waits for it.
 *
 * All figures are one row: each report writes one, and one more where an object's state has changed. It is written at once,
 * because a timer would keep the object awake, and what is only in memory is gone when it sleeps.
 */
import { DurableObject } from "cloudflare:workers";
import { keysOf } from "../../protocol/keys-of.ts";
import { seriesOf } from "./families.ts";
import { addFigures, addValue, type Figures, noFigures } from "./figures.ts";
import type { ObjectState, Report } from "./report.ts";

/** Milliseconds after which an object that told nothing counts no more: it may have lost its sockets in a crash. */
const STALE_MS = 24 * 3_600_000;
const SWEEP_MS = 3_600_000;

interface State extends Record<string, SqlStorageValue> {
  sockets: number;
  waiting: number;
  postgres_out: number;
  redis_out: number;
}

const NOTHING: State = { sockets: 0, waiting: 0, postgres_out: 0, redis_out: 0 };

/** The series that each column of all objects adds up to. */
const GAUGES = {
  sockets: seriesOf("duet_sockets_open"),
  waiting: seriesOf("duet_outbox_events"),
  postgres_out: seriesOf("duet_store_outage_chats", { store: "postgres" }),
  redis_out: seriesOf("duet_store_outage_chats", { store: "redis" }),
};

export class Meter extends DurableObject<Env> {
  readonly #sql = this.ctx.storage.sql;
  readonly #figures: Figures;
  /** Milliseconds since 1970. */
  #sweptAt: number;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql.exec(`
      create table if not exists figures (id integer primary key, json text not null, swept_at integer not null);
      create table if not exists objects (
        id text primary key,
        sockets integer not null,
        waiting integer not null,
        postgres_out integer not null,
        redis_out integer not null,
        told_at integer not null
      ) without rowid;
    `);
    const [row] = this.#sql.exec<{ json: string; swept_at: number }>("select json, swept_at from figures").toArray();
    this.#figures = row ? JSON.parse(row.json) : noFigures();
    this.#sweptAt = row?.swept_at ?? Date.now();
  }

  report({ figures, object }: Report): void {
    if (figures) addFigures(this.#figures, figures);
    const isNews = object ? this.#place(object) : false;
    const isSwept = this.#sweep();
    if (!figures && !isNews && !isSwept) return;
    const json = JSON.stringify(this.#figures);
    this.#sql.exec("insert or replace into figures values (1, ?, ?)", json, this.#sweptAt);
  }

  read(): Figures {
    return this.#figures;
  }

  /** @returns whether a figure has changed */
  #place({ id, sockets, waiting, degraded }: ObjectState): boolean {
    const now = Date.now();
    const columns = keysOf(GAUGES);
    const after: State = {
      sockets,
      waiting,
      postgres_out: Number(degraded.postgres),
      redis_out: Number(degraded.redis),
    };
    const [row] = this.#sql.exec<State & { told_at: number }>("select * from objects where id = ?", id).toArray();
    const before: State = row ?? NOTHING;
    const changed = columns.filter((name) => after[name] !== before[name]);
    if (columns.every((name) => after[name] === 0)) {
      if (row) this.#sql.exec("delete from objects where id = ?", id);
    } else if (changed.length > 0 || now - (row?.told_at ?? 0) > SWEEP_MS) {
      this.#sql.exec(
        "insert or replace into objects values (?, ?, ?, ?, ?, ?)",
        id,
        sockets,
        waiting,
        after.postgres_out,
        after.redis_out,
        now,
      );
    }
    for (const name of changed) addValue(this.#figures, GAUGES[name], after[name] - before[name]);
    for (const store of ["postgres", "redis"] as const) {
      const begins = changed.includes(`${store}_out`) && degraded[store];
      if (begins) addValue(this.#figures, seriesOf("duet_store_outages_total", { store }), 1);
    }
    return changed.length > 0;
  }

  /** Forgets objects that told nothing for long. Looks at all, so not often. @returns whether it was time to */
  #sweep(): boolean {
    const now = Date.now();
    if (now - this.#sweptAt < SWEEP_MS) return false;
    this.#sweptAt = now;
    this.#sql.exec("delete from objects where told_at < ?", now - STALE_MS);
    const sums = keysOf(GAUGES).map((name) => `coalesce(sum(${name}), 0) as ${name}`);
    const all = this.#sql.exec<State>(`select ${sums.join(", ")} from objects`).one();
    for (const name of keysOf(GAUGES)) this.#figures.values[GAUGES[name]] = all[name];
    return true;
  }
}
