import type { Session } from "../connections.ts";

/** Who is behind a device's socket. `name` is the account's id: all devices of an account are one person. */
export interface DeviceSession extends Session {
  username: string;
  /** Tells the devices of an account apart; new with each socket. */
  device: string;
  /** `seed`: the frames of the first documents, for clients that name no subprotocol. */
  dialect: "duet" | "seed";
}
