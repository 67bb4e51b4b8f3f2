/** Reads what the server sends, also when the server is newer than this client. */
import * as z from "zod/mini";
import { MemberKey, Seq, Timestamp } from "../protocol/fields.ts";
import { parseServerFrame, type ServerFrame } from "../protocol/frames.ts";

/** A logged change of a kind that this client does not know: it has its place in the log, and shows nothing. */
export interface OpaqueEvent {
  type: "opaque";
  seq: number;
}

/** What every logged change has, and no other frame. */
const Logged = z.object({ seq: Seq, sender: MemberKey, at: Timestamp });

/** @returns undefined for what is to be ignored */
export function readFrame(text: string): ServerFrame | OpaqueEvent | undefined {
  const frame = parseServerFrame(text);
  if (frame) return frame;
  const logged = Logged.safeParse(parseJson(text));
  return logged.success ? { type: "opaque", seq: logged.data.seq } : undefined;
}

/** @returns undefined for what is not JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
