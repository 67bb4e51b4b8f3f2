/** Reads what a device sent, in either dialect. */
import { DuetError, unwrap } from "../../protocol/errors.ts";
import { Uuid, MessageId } from "../../protocol/fields.ts";
import { CHANGE_FRAME_TYPES, type ClientFrame, PROTOCOL_VERSION } from "../../protocol/frames.ts";
import { ACCOUNT_HELLO_MAX_BYTES, FRAME_MAX_BYTES } from "../../protocol/limits.ts";
import { AccountHello, type Opening, SeedFrame } from "../../protocol/platform/account-frames.ts";
import { isTooLarge, readFrame, readObject, type Reading } from "../client-frames.ts";

export type DeviceFrame =
  | { type: "hello"; conversations: Opening[] }
  | { type: "conversation"; conversationId: string; frame: ClientFrame };

export function readDeviceFrame(message: string | ArrayBuffer): Reading<DeviceFrame> {
  const json = readObject(message, ACCOUNT_HELLO_MAX_BYTES);
  if (typeof json === "string") return { kind: "fatal", reason: json };
  if (json.type === "hello" && json.conversation_id === undefined) return readAccountHello(json);
  if (typeof message === "string" && isTooLarge(message, FRAME_MAX_BYTES)) {
    return { kind: "fatal", reason: "FRAME_TOO_LARGE" };
  }
  const reading = readFrame(json);
  if (reading.kind === "fatal" || reading.kind === "unknown") return reading;
  const conversationId = Uuid.safeParse(json.conversation_id);
  const id = MessageId.safeParse(json.id);
  if (conversationId.success) {
    if (reading.kind === "refused") return { ...reading, conversationId: conversationId.data };
    const { data } = conversationId;
    return { kind: "frame", frame: { type: "conversation", conversationId: data, frame: reading.frame } };
  }
  if (!CHANGE_FRAME_TYPES.has(json.type) || !id.success) return { kind: "fatal", reason: "PROTOCOL" };
  return { kind: "refused", id: id.data, code: "CONVERSATION_UNKNOWN" };
}

function readAccountHello(json: Record<string, unknown>): Reading<DeviceFrame> {
  if (json.v !== PROTOCOL_VERSION) return { kind: "fatal", reason: "VERSION" };
  const hello = AccountHello.safeParse(json);
  if (!hello.success) return { kind: "fatal", reason: "PROTOCOL" };
  return { kind: "frame", frame: { type: "hello", conversations: hello.data.conversations } };
}

/** Whatever is wrong, a client of the first documents is told, and may go on. */
export function readSeedFrame(message: string | ArrayBuffer): Reading<DeviceFrame> {
  const id = crypto.randomUUID();
  if (typeof message !== "string" || isTooLarge(message, FRAME_MAX_BYTES))
    return { kind: "refused", id, code: "BODY_TOO_LARGE" };
  try {
    const { conversation_id: conversationId, content } = unwrap(SeedFrame.safeParse(parseJson(message)));
    const frame: ClientFrame = { type: "send", id, body: content };
    return { kind: "frame", frame: { type: "conversation", conversationId, frame } };
  } catch (error) {
    if (error instanceof DuetError) return { kind: "refused", id, code: error.code, details: error.details };
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DuetError("BAD_JSON");
  }
}
