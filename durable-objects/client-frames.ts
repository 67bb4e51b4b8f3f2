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

/** @typeParam F - frames that clients send */
export type Reading<F = ClientFrame> =
  | { kind: "frame"; frame: F }
  /** A change that can't be made: the client is told, and goes on. */
  | { kind: "refused"; id: string; code: ErrorCode; details?: readonly string[] | undefined; conversationId?: string }
  /** The client does not speak the protocol. */
  | { kind: "fatal"; reason: CloseReason }
  /** Of a newer version than ours. */
  | { kind: "unknown" };

interface JsonObject {
  type: string;
  [field: string]: unknown;
}

export function readClientFrame(message: string | ArrayBuffer): Reading {
  const json = readObject(message);
  return typeof json === "string" ? { kind: "fatal", reason: json } : readFrame(json);
}

/** @returns the object that was sent, or why the socket is to be closed */
export function readObject(message: string | ArrayBuffer, maxBytes = FRAME_MAX_BYTES): JsonObject | CloseReason {
  if (typeof message !== "string") return "PROTOCOL";
  if (isTooLarge(message, maxBytes)) return "FRAME_TOO_LARGE";
  const json = parseObject(message);
  return json && hasType(json) ? json : "PROTOCOL";
}

function hasType(json: Record<string, unknown>): json is JsonObject {
  return typeof json.type === "string";
}

export function readFrame(json: JsonObject): Reading {
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
export function isTooLarge(message: string, maxBytes: number): boolean {
  if (message.length * 3 <= maxBytes) return false;
  return new TextEncoder().encode(message).length > maxBytes;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null && !Array.isArray(json) ? { ...json } : undefined;
  } catch {
    return undefined;
  }
}
