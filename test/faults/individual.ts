/** Somebody with an account, friends and several devices. */
import { type Account, createAccount } from "../../client/account/index.ts";
import { definitely } from "./definitely.ts";
import { Device } from "./device.ts";

const PASSWORD = "correct horse battery";

export interface Individual {
  id: string;
  username: string;
  /** For calls alone. */
  account: Account;
  devices: Device[];
  friends: Set<Individual>;
}

export async function signUp(url: string, deviceCount: number): Promise<Individual> {
  const account = createAccount({ baseUrl: url });
  const { id, username } = await enter(account);
  const names = Array.from({ length: deviceCount }, (_, index) => `${username}'s device ${index + 1}`);
  const devices = await Promise.all(
    names.map(async (name) => {
      const device = await Device.start(name, url);
      await definitely(() => device.account.signIn({ username, password: PASSWORD }));
      return device;
    }),
  );
  return { id, username, account, devices, friends: new Set() };
}

/**
 * Signs somebody new up.
 *
 * @param name - what the username begins with
 */
export async function enter(account: Account, name = "u"): Promise<{ id: string; username: string }> {
  const person = { username: `${name}_${crypto.randomUUID().slice(0, 8)}`, password: PASSWORD };
  const email = `${person.username}@test.com`;
  const made = await definitely(() => account.signUp({ ...person, email }), "USERNAME_TAKEN");
  const { user } = made ?? (await definitely(() => account.signIn(person)));
  return { id: user.id, username: person.username };
}

interface Friend {
  id: string;
  account: Account;
}

/** Invites that cross make friends, however often each is sent. */
export async function befriend(one: Friend, other: Friend): Promise<void> {
  await definitely(() => one.account.api.sendInvite({ kind: "friend", account_id: other.id }));
  await definitely(() => other.account.api.sendInvite({ kind: "friend", account_id: one.id }), "ALREADY_FRIENDS");
}
