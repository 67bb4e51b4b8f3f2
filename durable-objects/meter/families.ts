/** What is measured, and how exact each figure is: the table behind `GET /chat-server/metrics`. */
import { type ErrorCode } from "../../protocol/errors.ts";
import { keysOf } from "../../protocol/keys-of.ts";

interface Family {
  type: "counter" | "gauge" | "histogram";
  /** One line, in the answer itself. */
  help: string;
  /** Labels of the series that are there from the start, at 0. */
  initial: readonly Record<string, string>[];
}

const EACH_STORE = [{ store: "postgres" }, { store: "redis" }] as const;

export const FAMILIES = {
  duet_messages_total: {
    type: "counter",
    help: "Messages, counted when Postgres has taken them: up to 5 minutes late, and after an outage all at once.",
    initial: [{}],
  },
  duet_message_changes_total: {
    type: "counter",
    help: "Edits, deletions and reactions, counted like messages.",
    initial: [{}],
  },
  duet_sockets_open: {
    type: "gauge",
    help:
      "Open sockets, as each chat last told. Who comes or goes shows within 3 s, a further tab of theirs with what " +
      "the chat tells next; a chat that told nothing for a day is left out.",
    initial: [{}],
  },
  duet_outbox_events: {
    type: "gauge",
    help: "Messages and changes that wait for Postgres, as each chat last told: after every run of its outbox.",
    initial: [{}],
  },
  duet_store_outages_total: {
    type: "counter",
    help: "Outages of a store, once for each chat that met them.",
    initial: EACH_STORE,
  },
  duet_store_outage_chats: {
    type: "gauge",
    help: "Chats that met an outage of a store which has not ended for them yet.",
    initial: EACH_STORE,
  },
  duet_errors_total: {
    type: "counter",
    help:
      "Refusals and failures by code, in HTTP answers and in nacks on sockets. A few are lost when an isolate ends, or " +
      "a report does not arrive.",
    initial: [],
  },
  duet_request_duration_seconds: {
    type: "histogram",
    help:
      "From a request to its answer, by endpoint; of a socket, its opening. The clock of Workers stands still between " +
      "I/O, so this is time spent waiting. Lost like errors.",
    initial: [],
  },
} as const satisfies Record<string, Family>;

export type FamilyName = keyof typeof FAMILIES;

export function familyOf(name: FamilyName): Family {
  return FAMILIES[name];
}

/**
 * Names a series as the text format does.
 *
 * @param labels - their values come from tables of ours (endpoints, error codes, stores): there is nothing to escape
 */
export function seriesOf(name: FamilyName, labels: Record<string, string> = {}): string {
  const pairs = keysOf(labels).map((label) => `${label}="${labels[label]}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
}

export function errorSeries(via: "http" | "socket", code: ErrorCode): string {
  return seriesOf("duet_errors_total", { via, code });
}
