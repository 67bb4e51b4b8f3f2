/** Secrets of which only hashes are stored: they are as long as random, so a plain hash is not to be turned back. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** @returns 256 random bits */
export function newKey(): string {
  return Buffer.from(randomBytes(32)).toString("base64url");
}

export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

/** In constant time. */
export function isSameHash(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
