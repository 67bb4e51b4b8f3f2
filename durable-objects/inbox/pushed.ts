/** What a Conversation pushes to an Inbox. */
export interface Pushed {
  /** Frames as the log has them, in order: the Inbox says of which conversation they are. */
  texts: readonly string[];
  /** Of the senders, by account id. */
  usernames?: Readonly<Record<string, string>>;
  /** For this device only; for all of them without. */
  device?: string;
  /** Whether it answers the device's `hello` to this conversation. */
  opens?: boolean;
  /** The device is cut off: it keeps sending although told that it is too fast, or is to come back later. */
  end?: "flood" | "later";
}
