/** Two SDK clients in one chat, for tests of the whole stack without a browser. */
import { type Conversation, type ConversationView, createDuet, type Duet } from "../../client/index.ts";

export interface Person {
  name: string;
  duet: Duet;
  conversation: Conversation;
  /** Resolves when the view fits; rejects after `timeoutMs`. */
  until(fits: (view: ConversationView) => boolean, timeoutMs?: number): Promise<ConversationView>;
}

export async function join(baseUrl: string, hash: string, name: string): Promise<Person> {
  const duet = createDuet({ baseUrl });
  await duet.login({ hash, userName: name });
  const conversation = duet.open(hash);
  conversation.connect();
  const until: Person["until"] = (fits, timeoutMs = 20_000) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const view = conversation.getView();
        if (!fits(view)) return;
        stop();
        clearTimeout(timer);
        resolve(view);
      };
      const stop = conversation.subscribe(look);
      const timer = setTimeout(() => {
        stop();
        const { messages, ...view } = conversation.getView();
        const states = messages.map(({ seq, body, state }) => `${seq} ${body} ${state}`);
        reject(new Error(`${name} waited in vain: ${JSON.stringify({ ...view, messages: states.slice(-10) })}`));
      }, timeoutMs);
      look();
    });
  await until(({ status, loaded }) => status === "live" && loaded);
  return { name, duet, conversation, until };
}

export async function startChat(baseUrl: string): Promise<{ hash: string; abhi: Person; anny: Person }> {
  const { hash } = await createDuet({ baseUrl }).register({ userOne: "Abhi", userTwo: "Anny" });
  const [abhi, anny] = await Promise.all([join(baseUrl, hash, "Abhi"), join(baseUrl, hash, "Anny")]);
  return { hash, abhi, anny };
}

export function bodies({ messages }: ConversationView): string[] {
  return messages.map(({ body }) => body);
}
