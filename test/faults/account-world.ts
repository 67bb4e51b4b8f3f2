/** Accounts who are friends, and their groups and rooms: what they were answered, and what is stored of it. */
import { and, eq, isNotNull } from "drizzle-orm";
import type { Stack } from "../../dev/stack.ts";
import { readArchive } from "../../drizzle/archived.ts";
import { createDb } from "../../drizzle/client.ts";
import { conversationMembers } from "../../drizzle/conversations-schema.ts";
import type { ConversationEvidence, DeviceWitness, Roles } from "./account-checker.ts";
import { definitely } from "./definitely.ts";
import type { Device } from "./device.ts";
import { befriend, type Individual, signUp } from "./individual.ts";
import { findObjectFile, readObjectLog, readObjectRoles } from "./object-log.ts";
import { pick, type Random } from "./random.ts";
import { Talk } from "./talk.ts";
import { withoutSentAt } from "./without-sent-at.ts";

interface Size {
  accounts: number;
  devices: number;
  groups: number;
  rooms: number;
}

export class AccountWorld {
  readonly people: Individual[] = [];
  readonly talks: Talk[] = [];
  readonly #stack: Stack;
  readonly #directory: string;
  readonly #works: Promise<void>[] = [];
  readonly #files = new Map<string, string>();

  private constructor(stack: Stack, directory: string) {
    this.#stack = stack;
    this.#directory = directory;
  }

  /** @param directory - of the stack, whose Worker runs on plain workerd */
  static async start(stack: Stack, directory: string, random: Random, size: Size): Promise<AccountWorld> {
    const world = new AccountWorld(stack, directory);
    const seats = Array.from({ length: size.accounts }, () => signUp(stack.url, size.devices));
    world.people.push(...(await Promise.all(seats)));
    await world.#befriend(random);
    for (let count = 0; count < size.groups; count += 1) await world.startGroup(random);
    for (let count = 0; count < size.rooms; count += 1) await world.#startRoom(random);
    for (const device of world.devices) device.account.connect();
    return world;
  }

  get devices(): Device[] {
    return this.people.flatMap(({ devices }) => devices);
  }

  /** Everybody's friends are the next three around the table, and some more. */
  async #befriend(random: Random): Promise<void> {
    const { people } = this;
    const pairs = people.flatMap((one, index) =>
      [1, 2, 3].map((step): [Individual, Individual] => [one, people[(index + step) % people.length] ?? one]),
    );
    for (let count = 0; count < people.length; count += 1) pairs.push([pick(random, people), pick(random, people)]);
    for (const [one, other] of pairs) {
      if (one === other || one.friends.has(other)) continue;
      await befriend(one, other);
      one.friends.add(other);
      other.friends.add(one);
    }
  }

  async startGroup(random: Random): Promise<void> {
    const owner = pick(random, this.people);
    const others = [...owner.friends].filter(() => random() < 0.8);
    const ids = others.map(({ id }) => id);
    const { id } = await definitely(() =>
      owner.account.api.createConversation({ name: "Group", participant_ids: ids }),
    );
    const talk = new Talk(id, "group", "Group");
    talk.roles.set(owner, "owner");
    for (const other of others) talk.roles.set(other, "member");
    this.talks.push(talk);
  }

  async startDirect(one: Individual, other: Individual): Promise<void> {
    const { id } = await definitely(() => one.account.api.createConversation({ participant_id: other.id }));
    if (this.talks.some((talk) => talk.id === id)) return;
    const talk = new Talk(id, "direct");
    for (const person of [one, other]) talk.roles.set(person, "member");
    this.talks.push(talk);
  }

  async #startRoom(random: Random): Promise<void> {
    const owner = pick(random, this.people);
    const { id } = await definitely(() => owner.account.api.createRoom({ name: "Room" }));
    const talk = new Talk(id, "room", "Room");
    talk.roles.set(owner, "owner");
    for (const person of this.people) {
      if (person === owner || random() < 0.4) continue;
      await definitely(() => person.account.api.joinRoom({ id }));
      talk.roles.set(person, "member");
    }
    this.talks.push(talk);
  }

  /** Something that goes on beside the rest. */
  meanwhile(work: Promise<void>): void {
    this.#works.push(work);
    work.catch(() => undefined);
  }

  /** @throws what a call was answered that should have worked */
  async settled(): Promise<void> {
    await Promise.all(this.#works);
    for (const talk of this.talks) await talk.settled();
  }

  talksOf(person: Individual): Talk[] {
    return this.talks.filter(({ roles }) => roles.has(person));
  }

  /** Everything that is known of a conversation, anywhere. */
  async gather(talk: Talk): Promise<ConversationEvidence> {
    const { id } = talk;
    const file = this.#files.get(id) ?? (await findObjectFile(this.#directory, id)) ?? "";
    this.#files.set(id, file);
    const db = createDb(this.#stack.databaseUrl, 30_000);
    const members = await db
      .select({ accountId: conversationMembers.accountId, role: conversationMembers.role })
      .from(conversationMembers)
      .where(and(eq(conversationMembers.conversationId, id), isNotNull(conversationMembers.role)));
    const archive = (await readArchive(db, id, Number.MAX_SAFE_INTEGER, 1_000_000)).reverse();
    const log = await readObjectLog(file);
    const witnesses: DeviceWitness[] = [];
    for (const person of talk.roles.keys()) {
      for (const device of person.devices) witnesses.push(await witnessOf(device, person, talk));
    }
    return {
      id: `${talk.kind} ${id}`,
      ...withoutSentAt({ log, archive, witnesses }),
      expected: Object.fromEntries([...talk.roles].map(([person, role]) => [person.id, role])),
      roles: await readObjectRoles(file),
      archivedRoles: Object.fromEntries(members.map(({ accountId, role }) => [accountId, role ?? ""])),
      absences: talk.absences,
      heardBy: (accountId) =>
        this.people
          .filter((person) => person.id === accountId)
          .flatMap(({ devices }) => devices.flatMap((device) => device.share(id).heard)),
    };
  }

  stop(): void {
    for (const device of this.devices) device.stop();
  }
}

async function witnessOf(device: Device, person: Individual, talk: Talk): Promise<DeviceWitness> {
  const conversation = device.conversation(talk.id);
  while (conversation.getView().hasOlder) await definitely(() => conversation.loadOlder());
  const { heard, acks, said } = device.share(talk.id);
  const { messages, members } = conversation.getView();
  // What somebody wrote around the time of their removal may have been refused.
  const wasAway = talk.absences.some(({ accountId }) => accountId === person.id);
  return {
    name: person.id,
    device: device.name,
    roles: rolesOf(members),
    messages,
    acks,
    events: heard.map(({ event }) => event),
    ...(!wasAway && { said }),
  };
}

function rolesOf(members: readonly { name: string; role?: string | undefined }[]): Roles {
  return Object.fromEntries(members.map(({ name, role = "" }) => [name, role]));
}
