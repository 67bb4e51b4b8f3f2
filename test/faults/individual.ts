/** Somebody with an account, friends and several devices; and calls that end in an answer. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Account, ApiError, createAccount } from "../../client/account/index.ts";
import { Device } from "./device.ts";

const PASSWORD = "correct horse battery";
const RETRY_MS = 100;

export interface Individual {
  id: string;
  username: string;
  /** For calls alone. */
  account: Account;
  devices: Device[];
  friends: Set<Individual>;
}

export async function signUp(url: string, deviceCount: number): Promise<Individual> {
  const username = `u_${crypto.randomUUID().slice(0, 8)}`;
  const account = createAccount({ baseUrl: url });
  const { user } = await account.signUp({ username, email: `${username}@test.com`, password: PASSWORD });
  const names = Array.from({ length: deviceCount }, (_, index) => `${username}'s device ${index + 1}`);
  const devices = await Promise.all(
    names.map(async (name) => {
      const device = await Device.start(name, url);
      await device.account.signIn({ username, password: PASSWORD });
      return device;
    }),
  );
  return { id: user.id, username, account, devices, friends: new Set() };
}

const PASSING = new Set(["UNREACHABLE", "UNAVAILABLE", "TOO_FAST"]);

/**
 * Makes a call until there is an answer.
 *
 * @param done - codes of errors that mean, on a repetition, that it was done before and the answer got lost
 * @throws ApiError anything else
 */
export async function definitely<T>(call: () => Promise<T>): Promise<T>;
export async function definitely<T>(call: () => Promise<T>, ...done: string[]): Promise<T | undefined>;
export async function definitely<T>(call: () => Promise<T>, ...done: string[]): Promise<T | undefined> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (attempt > 0 && done.includes(error.code)) return undefined;
      if (!PASSING.has(error.code)) throw error;
      await sleep(RETRY_MS);
    }
  }
}
