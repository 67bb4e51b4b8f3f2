/** Two SDK clients in one chat, for tests of the whole stack without a browser. */
import {
  type Conversation,
  type ConversationView,
  createDuet,
  type Duet,
  until as untilFits,
} from "../../client/index.ts";
import { definitely } from "../faults/definitely.ts";

export interface Person {
  name: string;
  duet: Duet;
  conversation: Conversation;
  /** Resolves when the view fits; rejects after `timeoutMs`, a minute by default. */
  until(fits: (view: ConversationView) => boolean, timeoutMs?: number): Promise<ConversationView>;
}

export async function join(baseUrl: string, hash: string, name: string): Promise<Person> {
  const duet = createDuet({ baseUrl });
  await definitely(() => duet.login({ hash, userName: name }));
  const conversation = duet.open(hash);
  conversation.connect();
  const until: Person["until"] = (fits, timeoutMs = 60_000) => untilFits(conversation, fits, timeoutMs);
  await until(({ status, loaded }) => status === "live" && loaded);
  return { name, duet, conversation, until };
}

export async function startChat(baseUrl: string): Promise<{ hash: string; abhi: Person; anny: Person }> {
  const users = { userOne: "Abhi", userTwo: "Anny" };
  const { hash } = await definitely(() => createDuet({ baseUrl }).register(users));
  const [abhi, anny] = await Promise.all([join(baseUrl, hash, "Abhi"), join(baseUrl, hash, "Anny")]);
  return { hash, abhi, anny };
}

export function bodies({ messages }: ConversationView): string[] {
  return messages.map(({ body }) => body);
}
