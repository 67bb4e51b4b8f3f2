/** Rooms: open to everybody who is logged in. */
import { needingPostgres } from "../../durable-objects/circuit-breaker.ts";
import { insertRoom, listRooms } from "../../drizzle/conversations.ts";
import { RoomBody, type RoomsPage } from "../../protocol/platform/conversations.ts";
import { PageQuery } from "../../protocol/platform/page.ts";
import { readBody, readQuery } from "../body.ts";
import type { AppContext } from "../context.ts";
import { call, conversation } from "../conversations.ts";
import { limit as limitRate, storesOf } from "../stores.ts";
import { conversationIdOf, inConversation, inRoom, requireRoomForMore } from "./account-conversations.ts";
import { overview, profileOfCaller } from "./conversations.ts";
import { memberPage } from "./members.ts";
import { readCursor, TimeCursor, toPage } from "./page.ts";
import { callerOf } from "./require-account.ts";

/** In Postgres first, so that whoever made it finds it in the list; the object comes of it if we die in between. */
export async function createRoom(c: AppContext) {
  const { accountId: createdBy } = callerOf(c);
  const { name } = await readBody(c, RoomBody);
  const { db, foundings } = storesOf(c.env);
  await limitRate(foundings, createdBy);
  const id = crypto.randomUUID();
  await requireRoomForMore(c, id);
  const profile = await profileOfCaller(c);
  const createdAt = Date.now();
  await needingPostgres(() => insertRoom(db, id, name, createdBy, new Date(createdAt)));
  await call(conversation(c, id).found({ id, kind: "room", name, createdBy, createdAt, members: [profile] }));
  return c.json(await overview(c, id), 201);
}

export async function rooms(c: AppContext) {
  const { limit, cursor } = readQuery(c, PageQuery);
  const after = readCursor(TimeCursor, cursor);
  const rows = await needingPostgres(() => listRooms(storesOf(c.env).db, limit + 1, after));
  const { items, nextCursor } = toPage(rows, limit, ({ createdAt, id }) => [createdAt.getTime(), id]);
  const answer: RoomsPage = {
    rooms: items.map(({ id, name, createdAt }) => ({ id, name: name ?? "", created_at: createdAt.getTime() })),
    next_cursor: nextCursor,
  };
  return c.json(answer);
}

export async function joinRoom(c: AppContext) {
  const id = conversationIdOf(c);
  await limitRate(storesOf(c.env).joins, callerOf(c).accountId);
  await requireRoomForMore(c, id);
  const profile = await profileOfCaller(c);
  await inRoom(c, (stub) => stub.joinRoom(profile));
  return c.json(await overview(c, id));
}

export async function leaveRoom(c: AppContext) {
  const { accountId } = callerOf(c);
  await inConversation(c, (stub) => stub.leaveRoom(accountId));
  return c.body(null, 204);
}

export async function present(c: AppContext) {
  return memberPage(c, (limit, after) => inRoom(c, (stub) => stub.present(limit, after)));
}
