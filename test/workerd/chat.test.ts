import { describe, expect, it } from "vitest";
import { connect, pair, type TestSocket } from "./pair.ts";

/** Sends a change and waits for its ack or nack. */
async function change(socket: TestSocket, frame: { id: string } & Record<string, unknown>) {
  const before = socket.frames.length;
  socket.send(frame);
  return socket.until(() =>
    socket.frames
      .slice(before)
      .find((answer) => (answer.type === "ack" || answer.type === "nack") && answer.id === frame.id),
  );
}

describe("send", () => {
  it("[SEND-1] is acknowledged to its sender and pushed to both people", async () => {
    const { abhi, anny } = await pair();
    abhi.send({ type: "send", id: "m-1", body: "Hello", sentAt: 5 });
    const ack = await abhi.frame("ack");
    expect(ack).toMatchObject({ id: "m-1", seq: 1 });
    const pushed = { type: "message", seq: 1, id: "m-1", sender: "Abhi", body: "Hello", sentAt: 5, at: ack.at };
    expect(await anny.frame("message")).toEqual(pushed);
    expect(await abhi.frame("message")).toEqual(pushed);
  });

  it("[SEND-2] a person's other sockets get it too", async () => {
    const { hash, cookies, abhi } = await pair();
    const phone = await connect(hash, cookies[0]);
    await phone.hello();
    abhi.send({ type: "send", id: "m-1", body: "Hello" });
    expect(await phone.frame("message")).toMatchObject({ sender: "Abhi", body: "Hello" });
    expect(phone.all("ack")).toEqual([]);
  });

  it("[SEND-3] a repeated id gets the same seq and is stored once", async () => {
    const { abhi, anny } = await pair();
    const first = await change(abhi, { type: "send", id: "m-1", body: "Hello" });
    const again = await change(abhi, { type: "send", id: "m-1", body: "Hello" });
    expect(again).toEqual(first);
    await change(abhi, { type: "send", id: "m-2", body: "Bye" });
    await anny.frame("message", ({ seq }) => seq === 2);
    expect(anny.all("message").map(({ body }) => body)).toEqual(["Hello", "Bye"]);
  });

  it("[SEND-4] the same id with another content is a conflict", async () => {
    const { abhi } = await pair();
    await change(abhi, { type: "send", id: "m-1", body: "Hello" });
    const conflict = { type: "nack", id: "m-1", code: "ID_CONFLICT", retryable: false };
    expect(await change(abhi, { type: "send", id: "m-1", body: "Bye" })).toMatchObject(conflict);
    expect(await change(abhi, { type: "react", id: "m-1", seq: 1, emoji: "👍" })).toMatchObject(conflict);
  });

  it("[SEND-5] two people may choose the same id", async () => {
    const { abhi, anny } = await pair();
    expect(await change(abhi, { type: "send", id: "m-1", body: "Hello" })).toMatchObject({ type: "ack", seq: 1 });
    expect(await change(anny, { type: "send", id: "m-1", body: "Hi" })).toMatchObject({ type: "ack", seq: 2 });
  });

  it("[SEND-6] the same id on two sockets at once is one message", async () => {
    const { hash, cookies, abhi, anny } = await pair();
    const phone = await connect(hash, cookies[0]);
    await phone.hello();
    for (const socket of [abhi, phone]) socket.send({ type: "send", id: "m-1", body: "Hello" });
    expect(await abhi.frame("ack")).toEqual(await phone.frame("ack"));
    await change(abhi, { type: "send", id: "m-2", body: "Bye" });
    await anny.frame("message", ({ seq }) => seq === 2);
    expect(anny.all("message").map(({ id }) => id)).toEqual(["m-1", "m-2"]);
  });

  it("[SEND-7] a reply names a message of this chat", async () => {
    const { abhi, anny } = await pair();
    await change(abhi, { type: "send", id: "m-1", body: "Hello" });
    await change(anny, { type: "send", id: "m-2", body: "Hi", replyTo: 1 });
    expect(await abhi.frame("message", ({ seq }) => seq === 2)).toMatchObject({ replyTo: 1 });
    await change(abhi, { type: "react", id: "r-1", seq: 2, emoji: "👍" });
    for (const replyTo of [3, 9]) {
      expect(await change(anny, { type: "send", id: `m-${replyTo}`, body: "?", replyTo })).toMatchObject({
        type: "nack",
        code: "MESSAGE_UNKNOWN",
      });
    }
  });

  it("[SEND-8] a body that is no text for people is refused and nothing is stored", async () => {
    const { abhi } = await pair();
    const refused = {
      MESSAGE_EMPTY: ["", "  \n", "\u200b", "\ufe0f"],
      MESSAGE_TOO_LONG: ["x".repeat(4_001), "😀".repeat(4_001).slice(0, 2 * 4_001)].filter(
        (body) => body.length < 5_000,
      ),
      MESSAGE_CHARACTERS: ["a\u0000b", "\u001b[31m"],
    };
    for (const [code, bodies] of Object.entries(refused)) {
      for (const [index, body] of bodies.entries()) {
        const answer = await change(abhi, { type: "send", id: `${code}-${index}`, body });
        expect(answer).toMatchObject({ type: "nack", code, retryable: false });
      }
    }
    const whole = "😀".repeat(3_900);
    expect(await change(abhi, { type: "send", id: "whole", body: whole })).toMatchObject({ type: "ack", seq: 1 });
  });
});

describe("order", () => {
  it("[ORDER-1] seqs of both people's changes are 1, 2, 3, … without gaps, the same for everyone", async () => {
    const { abhi, anny } = await pair();
    for (let index = 0; index < 50; index += 1) {
      abhi.send({ type: "send", id: `a-${index}`, body: "from Abhi" });
      anny.send({ type: "send", id: `b-${index}`, body: "from Anny" });
    }
    const last = ({ seq }: { seq: number }) => seq === 100;
    await Promise.all([abhi.frame("message", last), anny.frame("message", last)]);
    expect(abhi.all("message").map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(anny.all("message")).toEqual(abhi.all("message"));
  });
});

describe("changes", () => {
  it("[EDIT-1] the sender can edit a message", async () => {
    const { abhi, anny } = await pair();
    await change(abhi, { type: "send", id: "m-1", body: "Helo" });
    expect(await change(abhi, { type: "edit", id: "e-1", seq: 1, body: "Hello" })).toMatchObject({
      type: "ack",
      seq: 2,
    });
    expect(await anny.frame("edited")).toMatchObject({ seq: 2, target: 1, sender: "Abhi", body: "Hello" });
  });

  it("[EDIT-2] nobody else can edit or delete it", async () => {
    const { abhi, anny } = await pair();
    await change(abhi, { type: "send", id: "m-1", body: "Hello" });
    const refused = { type: "nack", code: "MESSAGE_NOT_YOURS", retryable: false };
    expect(await change(anny, { type: "edit", id: "e-1", seq: 1, body: "Ha" })).toMatchObject(refused);
    expect(await change(anny, { type: "delete", id: "d-1", seq: 1 })).toMatchObject(refused);
  });

  it("[EDIT-3] what is no message can't be changed", async () => {
    const { abhi } = await pair();
    await change(abhi, { type: "send", id: "m-1", body: "Hello" });
    await change(abhi, { type: "react", id: "r-1", seq: 1, emoji: "👍" });
    for (const seq of [2, 99]) {
      const answer = await change(abhi, { type: "edit", id: `e-${seq}`, seq, body: "Ha" });
      expect(answer).toMatchObject({ type: "nack", code: "MESSAGE_UNKNOWN" });
    }
  });

  it("[DEL-1] a deleted message's text is gone from replays, and takes no more changes", async () => {
    const { hash, cookies, abhi, anny } = await pair();
    const { epoch } = await abhi.frame("welcome");
    await change(abhi, { type: "send", id: "m-1", body: "secret" });
    await change(abhi, { type: "edit", id: "e-1", seq: 1, body: "secret too" });
    await change(abhi, { type: "delete", id: "d-1", seq: 1 });
    expect(await anny.frame("deleted")).toMatchObject({ seq: 3, target: 1, sender: "Abhi" });
    const late = await connect(hash, cookies[1]);
    await late.hello({ epoch, since: 0 });
    expect(late.frames.slice(1, 4)).toMatchObject([
      { type: "message", seq: 1, body: "" },
      { type: "edited", seq: 2, body: "" },
      { type: "deleted", seq: 3, target: 1 },
    ]);
    const refused = { type: "nack", code: "MESSAGE_DELETED", retryable: false };
    expect(await change(abhi, { type: "edit", id: "e-2", seq: 1, body: "back" })).toMatchObject(refused);
    expect(await change(anny, { type: "react", id: "r-1", seq: 1, emoji: "👍" })).toMatchObject(refused);
    expect(await change(abhi, { type: "delete", id: "d-2", seq: 1 })).toMatchObject(refused);
  });

  it("[DEL-2] a resend of a message that was deleted since still gets its seq", async () => {
    const { abhi } = await pair();
    const first = await change(abhi, { type: "send", id: "m-1", body: "secret" });
    await change(abhi, { type: "delete", id: "d-1", seq: 1 });
    expect(await change(abhi, { type: "send", id: "m-1", body: "secret" })).toEqual(first);
  });

  it("[REACT-1] anyone can react with one emoji and take it back", async () => {
    const { abhi, anny } = await pair();
    await change(abhi, { type: "send", id: "m-1", body: "Hello" });
    await change(anny, { type: "react", id: "r-1", seq: 1, emoji: "👩‍💻" });
    expect(await abhi.frame("reaction")).toMatchObject({ seq: 2, target: 1, sender: "Anny", emoji: "👩‍💻" });
    await change(anny, { type: "react", id: "r-2", seq: 1, emoji: null });
    expect(await abhi.frame("reaction", ({ seq }) => seq === 3)).toMatchObject({ emoji: null });
  });

  it("[REACT-2] anything but one emoji is refused", async () => {
    const { abhi } = await pair();
    await change(abhi, { type: "send", id: "m-1", body: "Hello" });
    for (const [index, emoji] of ["", "a", "👍👍", "<b>", "x".repeat(100)].entries()) {
      const answer = await change(abhi, { type: "react", id: `r-${index}`, seq: 1, emoji });
      expect(answer).toMatchObject({ type: "nack", code: "EMOJI_INVALID" });
    }
  });
});
