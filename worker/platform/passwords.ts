/** Password hashes: scrypt, each with its own salt and with its parameters in it, so that these can be raised. */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

const BLOCK_SIZE = 8;
const PARALLELISM = 3;
const SALT_BYTES = 16;
const KEY_BYTES = 32;

interface Parameters {
  /** Binary logarithm of scrypt's N. */
  cost: number;
  salt: Buffer;
}

/** An object, so that tests can count how often it runs. */
export const kdf = {
  derive(this: void, password: string, { cost, salt }: Parameters): Promise<Buffer> {
    const options = { N: 2 ** cost, r: BLOCK_SIZE, p: PARALLELISM, maxmem: 256 * 2 ** cost * BLOCK_SIZE };
    return new Promise((resolve, reject) => {
      scrypt(password, salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
    });
  },
};

/** @param cost - binary logarithm of scrypt's N */
export async function hashPassword(password: string, cost: number): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await kdf.derive(password, { cost, salt });
  const texts = [salt, key].map((bytes) => Buffer.from(bytes).toString("base64url"));
  return ["scrypt", cost, BLOCK_SIZE, PARALLELISM, ...texts].join("$");
}

/**
 * One run of scrypt, whatever `hash` is: without one, the password is checked against nothing for as long.
 *
 * @param cost - of the run that is for show
 */
export async function isPassword(password: string, hash: string | undefined, cost: number): Promise<boolean> {
  const [, hashCost, , , salt, key] = hash?.split("$") ?? [];
  if (hashCost === undefined || salt === undefined || key === undefined) {
    await kdf.derive(password, { cost, salt: Buffer.alloc(SALT_BYTES) });
    return false;
  }
  const derived = await kdf.derive(password, { cost: Number(hashCost), salt: Buffer.from(salt, "base64url") });
  return timingSafeEqual(derived, Buffer.from(key, "base64url"));
}
