/** How people come to chat: with a link, or as accounts in a conversation of any kind. */
import { type Account, createAccount, memoryTokens } from "../../client/account/index.ts";
import { createDuet, memoryOutbox } from "../../client/index.ts";
import { definitely } from "./definitely.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { befriend, enter } from "./individual.ts";
import { type Kind, Person, type PersonOptions } from "./person.ts";
import { Recorder } from "./recorder.ts";

export interface Made {
  /** Of a pair chat the hash, of another conversation the id. */
  hash: string;
  /** Each on a line of their own, and connecting. */
  people: Person[];
}

export async function makePairChat(url: string, options: PersonOptions): Promise<Made> {
  const users = { userOne: "Abhi", userTwo: "Anny" };
  const { hash } = await definitely(() => createDuet({ baseUrl: url }).register(users));
  async function join(name: string): Promise<Person> {
    const parts = { name, line: await lineTo(url), recorder: new Recorder(), outbox: memoryOutbox() };
    const { line, outbox, recorder } = parts;
    const duet = createDuet({ baseUrl: line.url, outbox, webSocket: recorder.webSocket, ...options });
    await definitely(() => duet.login({ hash, userName: name }));
    return new Person(parts, () => {
      const conversation = duet.open(hash);
      return { conversation, close: () => conversation.close() };
    });
  }
  return { hash, people: await Promise.all([join("Abhi"), join("Anny")]) };
}

/** Two friends; in a group or a room also a third one, who only listens. */
export async function makeConversation(
  url: string,
  kind: Exclude<Kind, "pair chat">,
  options: PersonOptions,
): Promise<Made> {
  const names = kind === "direct conversation" ? ["abhi", "anny"] : ["abhi", "anny", "carl"];
  const accounts = await Promise.all(names.map((name) => signUp(url, name)));
  const [first, ...others] = accounts;
  if (!first) throw new Error("Nobody signed up.");
  for (const other of others) await befriend(first, other);
  const hash = await make(kind, first.account, others);

  async function join({ id: name, tokens }: (typeof accounts)[number]): Promise<Person> {
    const parts = { name, line: await lineTo(url), recorder: new Recorder(hash), outbox: memoryOutbox() };
    const { line, outbox, recorder } = parts;
    return new Person(parts, () => {
      const account = createAccount({
        baseUrl: line.url,
        tokens,
        outbox,
        webSocket: recorder.webSocket,
        ...options,
      });
      return { conversation: account.open(hash), close: () => account.close() };
    });
  }
  return { hash, people: await Promise.all(accounts.map(join)) };
}

/** @returns the id of a new conversation */
async function make(kind: Kind, { api }: Account, others: readonly { id: string; account: Account }[]) {
  const ids = others.map(({ id }) => id);
  const made = await definitely(() => {
    if (kind === "direct conversation") return api.createConversation({ participant_id: ids[0] });
    if (kind === "group") return api.createConversation({ name: "Group", participant_ids: ids });
    return api.createRoom({ name: "Room" });
  });
  if (kind === "room") for (const { account } of others) await definitely(() => account.api.joinRoom({ id: made.id }));
  return made.id;
}

async function signUp(url: string, name: string) {
  const tokens = memoryTokens();
  const account = createAccount({ baseUrl: url, tokens });
  const { id } = await enter(account, name);
  return { id, account, tokens };
}

function lineTo(url: string): Promise<FaultProxy> {
  return FaultProxy.start(Number(new URL(url).port));
}
