/** Reads what a client sent, and says what is wrong with it. */
import { DuetError, type ErrorCode, unwrap } from "../protocol/errors.ts";
import { MessageId } from "../protocol/fields.ts";
import {
  CHANGE_FRAME_TYPES,
  CLIENT_FRAME_TYPES,
  ClientFrame,
  type CloseReason,
  PROTOCOL_VERSION,
} from "../protocol/frames.ts";
import { FRAME_MAX_BYTES } from "../protocol/limits.ts";

export type Reading =
  | { kind: "frame"; frame: ClientFrame }
  /** A change that can't be made: the client is told, and goes on. */
  | { kind: "refused"; id: string; code: ErrorCode }
  /** The client does not speak the protocol. */
  | { kind: "fatal"; reason: CloseReason }
  /** Of a newer version than ours. */
  | { kind: "unknown" };

export function readClientFrame(message: string | ArrayBuffer): Reading {
  if (typeof message !== "string") return { kind: "fatal", reason: "PROTOCOL" };
  if (isTooLarge(message)) return { kind: "fatal", reason: "FRAME_TOO_LARGE" };
  const json = parseObject(message);
  if (!json || typeof json.type !== "string") return { kind: "fatal", reason: "PROTOCOL" };
  if (!CLIENT_FRAME_TYPES.has(json.type)) return { kind: "unknown" };
  if (json.type === "hello" && json.v !== PROTOCOL_VERSION) return { kind: "fatal", reason: "VERSION" };
  try {
    return { kind: "frame", frame: unwrap(ClientFrame.safeParse(json)) };
  } catch (error) {
    const id = MessageId.safeParse(json.id);
    const answerable = CHANGE_FRAME_TYPES.has(json.type) && id.success;
    if (!(error instanceof DuetError) || !answerable) return { kind: "fatal", reason: "PROTOCOL" };
    return { kind: "refused", id: id.data, code: error.code };
  }
}

/** Counts bytes only where the number of UTF-16 units, of up to 3 bytes each, leaves it open. */
function isTooLarge(message: string): boolean {
  if (message.length * 3 <= FRAME_MAX_BYTES) return false;
  return new TextEncoder().encode(message).length > FRAME_MAX_BYTES;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null && !Array.isArray(json) ? { ...json } : undefined;
  } catch {
    return undefined;
  }
}
