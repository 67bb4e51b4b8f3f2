/** Who is there: of people, not of sockets. Told to the others at once. */
import type { Audience } from "./audience.ts";
import type { EventLog } from "./event-log.ts";
import type { Members } from "./members.ts";

interface Options {
  audience: Audience;
  members: Members;
  log: EventLog;
  /** Makes sure that the object's alarm goes off by a time, in milliseconds since 1970. */
  wakeBy: (at: number) => void;
  /** Called when somebody came or went. */
  onChange: (name: string) => void;
  /** In larger conversations nobody is told. */
  maxMembers: number;
}

export class Presence {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
    // After a crash or a deployment nobody's going was seen. Who is still there comes back with a `hello`.
    const { audience, members } = options;
    for (const name of members.names) {
      if (members.wasOnline(name) && !audience.isOnline(name)) this.set(name, false);
    }
  }

  /** A socket of a person is gone. The others may be ghosts, as after a change of network: that is looked into. */
  left(name: string, isOffline: boolean): void {
    if (isOffline) this.set(name, false);
    else this.#lookAfter(name);
  }

  /** Called some time after events were pushed: who is there, but has not taken them, may be gone. */
  doubt(): void {
    const { audience, members, log } = this.#options;
    for (const name of members.names) {
      if (audience.isOnline(name) && log.hasNewsFor(name, members.marks(name).deliveredSeq)) this.#lookAfter(name);
    }
  }

  /** Nobody watches sockets while nothing happens: an alarm that only looks would cost every quiet chat. */
  #lookAfter(name: string): void {
    const { audience, wakeBy } = this.#options;
    wakeBy(audience.ghostAt(name));
  }

  /** A person's first socket said `hello`, or their last one is gone. */
  set(name: string, online: boolean): void {
    const { audience, members, onChange, maxMembers } = this.#options;
    members.setOnline(name, online);
    const lastSeen = online ? null : members.lastSeen(name);
    if (members.size <= maxMembers) audience.broadcast({ type: "presence", name, online, lastSeen }, { except: name });
    onChange(name);
  }
}
