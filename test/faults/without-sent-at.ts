/** A page of history of a conversation between accounts does not tell `sentAt`, so views are compared without it. */
import type { Evidence, Witness } from "./checker.ts";

export function withoutSentAt<W extends Witness>({
  log,
  archive,
  witnesses,
}: Omit<Evidence, "witnesses"> & { witnesses: readonly W[] }) {
  return {
    log: log.map((row) => (row.event.type === "message" ? { ...row, event: without(row.event) } : row)),
    archive: archive.map(without),
    witnesses: witnesses.map((witness) => ({ ...witness, messages: witness.messages.map(without) })),
  };
}

function without<T extends { sentAt?: number | undefined }>({ sentAt: _, ...rest }: T): Omit<T, "sentAt"> {
  return rest;
}
