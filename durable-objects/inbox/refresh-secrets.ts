/**
 * The secrets in refresh tokens. Only hashes of them are stored; each follows from the one before and a stored salt, so
 * that two tabs that refresh at once get the same next one, and neither the storage nor an old secret alone gives it.
 *
 * A secret carries a tag of its family. A secret with the right tag was genuine once: seen again, it is a reuse, while
 * one with a wrong tag is noise that harms nobody.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const VALUE_BYTES = 32;
const TAG_BYTES = 16;

export function newSecret(familyKey: string): string {
  return withTag(randomBytes(VALUE_BYTES), familyKey);
}

/** @param salt - of this rotation */
export function nextSecret(secret: string, salt: string, familyKey: string): string {
  return withTag(createHmac("sha256", salt).update(secret).digest(), familyKey);
}

/** Whether the family has ever had this secret. */
export function isOfFamily(secret: string, familyKey: string): boolean {
  const bytes = Buffer.from(secret, "base64url");
  if (bytes.length !== VALUE_BYTES + TAG_BYTES) return false;
  return timingSafeEqual(bytes.subarray(VALUE_BYTES), tagOf(bytes.subarray(0, VALUE_BYTES), familyKey));
}

function withTag(value: Uint8Array, familyKey: string): string {
  return Buffer.concat([value, tagOf(value, familyKey)]).toString("base64url");
}

function tagOf(value: Uint8Array, familyKey: string): Buffer {
  return createHmac("sha256", familyKey).update(value).digest().subarray(0, TAG_BYTES);
}
