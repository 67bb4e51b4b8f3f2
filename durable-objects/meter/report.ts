/** Reports to the Meter: from objects after each run of their outbox, from the Worker every few seconds. */
import type { Figures } from "./figures.ts";
import { tally } from "./tally.ts";

/** How an object stands: told whole each time, so that no report that was lost leaves a trace. */
export interface ObjectState {
  /** The object's own id, which tells nothing of its name. */
  id: string;
  sockets: number;
  /** Events that Postgres has not. */
  waiting: number;
  /** Whether each store is out. */
  degraded: { postgres: boolean; redis: boolean };
}

export interface Report {
  figures: Figures | undefined;
  object?: ObjectState;
}

/** Whether anybody may ask for the figures: if not, nothing is reported. */
export function isMetered(env: Env): boolean {
  return Boolean(env.METRICS_TOKEN);
}

export function meterOf(env: Env) {
  return env.METER.getByName("meter");
}

/**
 * Reports what this isolate has counted. What does not arrive is lost: sent again, it might count twice.
 *
 * @throws Error when the Meter could not be reached
 */
export async function reportTally(env: Env): Promise<void> {
  const figures = tally.take();
  if (figures) await meterOf(env).report({ figures });
}

/** @returns what an object calls when it has done its work: reports if there is news; waits for nothing, never throws */
export function createReporter(
  ctx: DurableObjectState,
  env: Env,
): (state: Pick<ObjectState, "waiting" | "degraded">) => void {
  if (!isMetered(env)) return () => {};
  const id = ctx.id.toString();
  // One stub, because its calls arrive in order; one that threw must not be used again.
  let meter = meterOf(env);
  let reported: string | undefined;

  async function send(report: Report): Promise<void> {
    try {
      await meter.report(report);
    } catch {
      reported = undefined;
      meter = meterOf(env);
    }
  }

  return (state) => {
    const sockets = ctx.getWebSockets().filter(({ readyState }) => readyState === WebSocket.OPEN).length;
    const object = { id, sockets, ...state };
    const text = JSON.stringify(object);
    const figures = tally.take();
    if (text === reported && !figures) return;
    reported = text;
    void send({ figures, object });
  };
}
