/** What accounts do, and what breaks meanwhile. Every choice comes from the seed; what is hit by it is up to timing. */
import type { Role } from "../../protocol/platform/permissions.ts";
import type { AccountWorld } from "./account-world.ts";
import type { Device } from "./device.ts";
import { definitely } from "./definitely.ts";
import type { Individual } from "./individual.ts";
import { pick, pickNumber, type Random } from "./random.ts";
import { EMOJI, sentence } from "./soak-actions.ts";
import type { Talk } from "./talk.ts";

const GROUPS_MAX = 10;
const DIRECTS_MAX = 15;

export interface Stage {
  random: Random;
  world: AccountWorld;
  /** Kills the Worker and starts it again; nothing while that is under way. */
  killWorker: () => void;
  /** Undoes a fault after so many steps. */
  later: (steps: number, undo: () => void) => void;
}

type Action = (stage: Stage, person: Individual, device: Device) => void;

/** By name, with how often each is chosen. */
const ACTIONS: Record<string, [weight: number, action: Action]> = {
  send: [500, (stage, person, device) => inTalk(stage, person, ({ id }) => device.say(id, sentence(stage.random)))],
  edit: [50, (stage, person, device) => onMessage(stage, person, device, true, edit)],
  delete: [30, (stage, person, device) => onMessage(stage, person, device, true, remove)],
  react: [50, (stage, person, device) => onMessage(stage, person, device, false, react)],
  read: [40, (stage, person, device) => inTalk(stage, person, ({ id }) => read(device, id))],
  typing: [15, (stage, person, device) => inTalk(stage, person, ({ id }) => type(device, id))],
  direct: [10, ({ world, random }, person) => startDirect(world, random, person)],
  group: [5, ({ world, random }) => startGroup(world, random)],
  add: [20, ({ world, random }) => changeGroup(world, random, add)],
  remove: [15, ({ world, random }) => changeGroup(world, random, removeMember)],
  leave: [8, ({ world, random }) => changeGroup(world, random, leave)],
  rename: [10, ({ world, random }) => changeGroup(world, random, rename)],
  role: [10, ({ world, random }) => changeGroup(world, random, appoint)],
  "hand over": [5, ({ world, random }) => changeGroup(world, random, handOver)],
  "room joined": [15, ({ world, random }, person) => inRoom(world, random, person, join)],
  "room left": [10, ({ world, random }, person) => inRoom(world, random, person, leaveRoom)],
  mute: [10, ({ random, world }, person) => mute(world, random, person)],
  "line cut": [30, (_stage, _person, { line }) => line.cut()],
  "line refusing": [8, ({ random, later }, _person, { line }) => refuse(random, later, line)],
  "app reopened": [15, (_stage, _person, device) => device.reopen()],
  "worker killed": [6, ({ killWorker }) => killWorker()],
};

export const ACCOUNT_ACTIONS: readonly string[] = Object.keys(ACTIONS);
const TOTAL = Object.values(ACTIONS).reduce((sum, [weight]) => sum + weight, 0);

/** Does one thing, and returns its name. */
export function actInWorld(stage: Stage): string {
  const { random, world } = stage;
  const person = pick(random, world.people);
  const device = pick(random, person.devices);
  let left = pickNumber(random, TOTAL);
  for (const [name, [weight, action]] of Object.entries(ACTIONS)) {
    left -= weight;
    if (left >= 0) continue;
    action(stage, person, device);
    return name;
  }
  throw new RangeError("The weights don't add up.");
}

/** One of the conversations that somebody is in, if any. */
function inTalk({ random, world }: Stage, person: Individual, act: (talk: Talk) => void): void {
  const place = random();
  const talks = world.talksOf(person);
  const talk = talks[Math.floor(place * talks.length)];
  if (talk) act(talk);
}

type MessageAction = (random: Random, device: Device, id: string, seq: number) => void;

function onMessage(stage: Stage, person: Individual, device: Device, mine: boolean, act: MessageAction): void {
  const place = stage.random();
  inTalk(stage, person, ({ id }) => {
    const seqs = device
      .conversation(id)
      .getView()
      .messages.flatMap((message) => (message.seq !== undefined && (!mine || message.mine) ? [message.seq] : []));
    // Mostly something recent, as people do.
    const seq = seqs[Math.floor(seqs.length * (1 - place * place))];
    if (seq !== undefined) act(stage.random, device, id, seq);
  });
}

function edit(random: Random, device: Device, id: string, seq: number): void {
  device.conversation(id).edit(seq, `${sentence(random)}, edited`);
}

function remove(_random: Random, device: Device, id: string, seq: number): void {
  device.conversation(id).remove(seq);
}

function react(random: Random, device: Device, id: string, seq: number): void {
  device.conversation(id).react(seq, pick(random, EMOJI));
}

function read(device: Device, id: string): void {
  device.conversation(id).markRead(Number.MAX_SAFE_INTEGER);
}

function type(device: Device, id: string): void {
  device.conversation(id).setTyping(true);
}

function refuse(random: Random, later: Stage["later"], line: Device["line"]): void {
  line.line = "refusing";
  line.cut();
  later(20 + pickNumber(random, 80), () => void (line.line = "open"));
}

function startDirect(world: AccountWorld, random: Random, person: Individual): void {
  const other = pick(random, [...person.friends]);
  if (world.talks.filter(({ kind }) => kind === "direct").length < DIRECTS_MAX)
    world.meanwhile(world.startDirect(person, other));
}

function startGroup(world: AccountWorld, random: Random): void {
  if (world.talks.filter(({ kind }) => kind === "group").length < GROUPS_MAX) world.meanwhile(world.startGroup(random));
}

type GroupAction = (talk: Talk, owner: Individual, place: number) => Promise<unknown>;

/** Does something as the owner of a group or a room, when it is that conversation's turn. */
function changeGroup(world: AccountWorld, random: Random, act: GroupAction): void {
  const talk = pick(
    random,
    world.talks.filter(({ kind }) => kind !== "direct"),
  );
  const place = random();
  talk.change(async () => talk.owner && act(talk, talk.owner, place));
}

/** One of the others, at `place` between 0 and 1. */
function otherThan(talk: Talk, owner: Individual, place: number): Individual | undefined {
  const others = [...talk.roles.keys()].filter((person) => person !== owner);
  return others[Math.floor(place * others.length)];
}

async function add(talk: Talk, owner: Individual, place: number): Promise<void> {
  const strangers = [...owner.friends].filter((friend) => !talk.roles.has(friend));
  const friend = strangers[Math.floor(place * strangers.length)];
  if (!friend) return;
  talk.returns(friend);
  await definitely(() => owner.account.api.addMembers({ id: talk.id }, { account_ids: [friend.id] }));
  talk.roles.set(friend, "member");
}

async function removeMember(talk: Talk, owner: Individual, place: number): Promise<void> {
  const other = otherThan(talk, owner, place);
  if (!other) return;
  const target = { id: talk.id, account_id: other.id };
  await definitely(() => owner.account.api.removeMember(target), "MEMBER_UNKNOWN");
  talk.left(other);
}

async function leave(talk: Talk, owner: Individual, place: number): Promise<void> {
  const people = [...talk.roles.keys()];
  const person = people[Math.floor(place * people.length)];
  if (!person || people.length < 3) return;
  await definitely(() => person.account.api.removeMember({ id: talk.id, account_id: "me" }), "CONVERSATION_UNKNOWN");
  talk.left(person);
  if (person === owner) await succeed(talk);
}

/** The owner has left. Who follows them is another test's business: here everybody must agree on who it is. */
async function succeed(talk: Talk): Promise<void> {
  const [anyone] = talk.roles.keys();
  if (!anyone) return;
  const { members } = await definitely(() => anyone.account.api.members({ id: talk.id }, { limit: 100 }));
  for (const person of talk.roles.keys()) {
    const role = members.find(({ id }) => id === person.id)?.role;
    if (role) talk.roles.set(person, role);
  }
}

function rename(talk: Talk, owner: Individual, place: number): Promise<unknown> {
  talk.name = `Name ${Math.floor(place * 1e6)}`;
  const { name } = talk;
  return definitely(() => owner.account.api.changeConversation({ id: talk.id }, { name }));
}

async function appoint(talk: Talk, owner: Individual, place: number): Promise<void> {
  const other = otherThan(talk, owner, place);
  if (!other) return;
  const role: Role = talk.roles.get(other) === "admin" ? "member" : "admin";
  await definitely(() => owner.account.api.changeMember({ id: talk.id, account_id: other.id }, { role }));
  talk.roles.set(other, role);
}

async function handOver(talk: Talk, owner: Individual, place: number): Promise<void> {
  const other = otherThan(talk, owner, place);
  if (!other) return;
  const target = { id: talk.id, account_id: other.id };
  await definitely(() => owner.account.api.changeMember(target, { role: "owner" }), "NOT_ALLOWED");
  talk.roles.set(owner, "admin");
  talk.roles.set(other, "owner");
}

function inRoom(
  world: AccountWorld,
  random: Random,
  person: Individual,
  act: (talk: Talk, person: Individual) => Promise<void>,
): void {
  const rooms = world.talks.filter(({ kind }) => kind === "room");
  const room = pick(random, rooms);
  room.change(() => act(room, person));
}

async function join(talk: Talk, person: Individual): Promise<void> {
  if (talk.roles.has(person)) return;
  talk.returns(person);
  await definitely(() => person.account.api.joinRoom({ id: talk.id }));
  talk.roles.set(person, "member");
}

async function leaveRoom(talk: Talk, person: Individual): Promise<void> {
  if (!talk.roles.has(person) || talk.owner === person) return;
  await definitely(() => person.account.api.leaveRoom({ id: talk.id }), "CONVERSATION_UNKNOWN");
  talk.left(person);
}

function mute(world: AccountWorld, random: Random, person: Individual): void {
  const [place, muted] = [random(), random() < 0.5];
  const talks = world.talksOf(person);
  const talk = talks[Math.floor(place * talks.length)];
  talk?.change(async () => {
    if (!talk.roles.has(person)) return;
    await definitely(() => person.account.api.changeConversation({ id: talk.id }, { muted }));
    talk.muted.set(person, muted);
  });
}
