import { describe, expect, it } from "vitest";
import { connect, group } from "./account-socket.ts";
import { three } from "./members.ts";
import { api, signIn } from "./people.ts";

describe("what members are told", () => {
  it("[MEMB-9] renaming is seen by all at once; muting is one's own", async () => {
    const [owner, admin, member] = await three();
    const id = await group(owner, admin, member);
    const m = await connect(member, id);
    const json = { name: "Another name", muted: true };
    const answer = await api("PATCH", `/conversations/${id}`, { token: owner.token, json });
    expect(await answer.json()).toMatchObject({ name: "Another name", muted: true });
    await m.frame({ type: "conversation", conversation_id: id, change: "changed" });
    const seen = await api("GET", `/conversations/${id}`, { token: member.token });
    expect(await seen.json()).toMatchObject({ name: "Another name", muted: false });
  });

  it("[MEMB-9] muting is told to one's own devices, and to nobody else's", async () => {
    const [owner, , member] = await three();
    const id = await group(owner, member);
    const phone = await connect(await signIn(owner), id);
    const m = await connect(member, id);
    const json = { muted: true };
    await api("PATCH", `/conversations/${id}`, { token: owner.token, json });
    await phone.frame({ type: "conversation", conversation_id: id, change: "changed" });
    await phone.say(id, "and then");
    await m.frame({ type: "message", conversation_id: id });
    expect(m.all({ type: "conversation" })).toEqual([]);
  });

  it("[PEOPLE-3] changed settings are told to one's devices", async () => {
    const [owner, , member] = await three();
    const [phone, m] = [await connect(await signIn(owner)), await connect(member)];
    const json = { display_name: "New Name" };
    await api("PATCH", "/users/me", { token: owner.token, json });
    expect(await phone.frame({ type: "account" })).toEqual({ type: "account", ...json, discoverable: false });
    await api("PATCH", "/users/me", { token: owner.token, json: { discoverable: true } });
    expect(await phone.frame({ type: "account", discoverable: true })).toMatchObject(json);
    expect(m.all({ type: "account" })).toEqual([]);
  });
});
