/** What the driver is told, and what it answers. */
import * as z from "zod";

const CONTESTANTS = ["echo", "naive", "workers-chat", "socket.io", "duet", "duet-sdk"] as const;
export type Contestant = (typeof CONTESTANTS)[number];

const Target = z.object({
  contestant: z.enum(CONTESTANTS),
  /** The server's origin. */
  url: z.string(),
  /** Of the process that serves, whose CPU time is counted. */
  pid: z.int(),
  chats: z.int(),
});

/** In every chat one person sends, and the next message goes as soon as fewer than `inFlight` wait for an answer. */
const Load = Target.extend({
  kind: z.literal("load"),
  inFlight: z.int(),
  /** Sockets of each of the two people. */
  socketsEach: z.int(),
  warmUpMs: z.int(),
  measureMs: z.int(),
});

/** Opens the sockets and keeps them open, until the driver is ended. */
const Idle = Target.extend({ kind: z.literal("idle") });

export const Scenario = z.discriminatedUnion("kind", [Load, Idle]);
export type LoadScenario = z.infer<typeof Load>;
export type IdleScenario = z.infer<typeof Idle>;

const Latency = z.object({ p50: z.number(), p99: z.number() });

export const LoadResult = z.object({
  /** Acknowledged messages per second. */
  throughput: z.number(),
  /** Pushes that arrived per second, over all sockets. */
  deliveries: z.number(),
  /** Milliseconds from a message's sending until its sender's acknowledgement. */
  ack: Latency,
  /** Milliseconds from a message's sending until the other person has it. */
  push: Latency,
  /** Messages that were refused for now, and sent again. */
  refused: z.int(),
  /** CPU time over time: 1 is one core. */
  serverCpu: z.number(),
  driverCpu: z.number(),
});
export type LoadResult = z.infer<typeof LoadResult>;
