/** What measure-group.ts asks of the counted Worker. */
import * as z from "zod";

export const GROUP_PATH = "/group";

export const Order = z.discriminatedUnion("do", [
  /** Makes a group, of whose members the first ones can connect. */
  z.object({ do: z.literal("make"), members: z.int(), able: z.int() }),
  /** Tickets for the sockets of some of its members. */
  z.object({ do: z.literal("tickets"), from: z.int(), to: z.int() }),
  /** The last member says something, as over HTTP. */
  z.object({ do: z.literal("say"), id: z.string() }),
  /** What it took since the beginning: the first `online` members apart from the others. */
  z.object({ do: z.literal("count"), online: z.int() }),
]);
export type Order = z.infer<typeof Order>;
