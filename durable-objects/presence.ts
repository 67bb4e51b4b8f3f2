/** Who is there: of people, not of sockets. Told to the others at once and to Redis through the outbox. */
import type { Connections } from "./connections.ts";
import type { EventLog } from "./event-log.ts";
import type { Members } from "./members.ts";
import type { Outbox } from "./outbox.ts";
import type { SessionMirror } from "./session-mirror.ts";

interface Options {
  connections: Connections;
  members: Members;
  mirror: SessionMirror;
  outbox: Outbox;
  log: EventLog;
}

export class Presence {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
    // After a crash or a deployment nobody's going was seen. Who is still there comes back with a `hello`.
    const { connections, members } = options;
    for (const name of members.names) {
      if (members.wasOnline(name) && !connections.isOnline(name)) this.set(name, false);
    }
  }

  /** A socket of a person is gone. The others may be ghosts, as after a change of network: that is looked into. */
  left(name: string, isOffline: boolean): void {
    if (isOffline) this.set(name, false);
    else this.#lookAfter(name);
  }

  /** Called some time after events were pushed: who is there, but has not taken them, may be gone. */
  doubt(): void {
    const { connections, members, log } = this.#options;
    for (const name of members.names) {
      if (connections.isOnline(name) && log.countWaiting(name, members.marks(name).deliveredSeq) > 0)
        this.#lookAfter(name);
    }
  }

  /** Nobody watches sockets while nothing happens: an alarm that only looks would cost every quiet chat. */
  #lookAfter(name: string): void {
    const { connections, outbox } = this.#options;
    outbox.wakeBy(connections.ghostAt(name));
  }

  /** A person's first socket said `hello`, or their last one is gone. */
  set(name: string, online: boolean): void {
    const { connections, members, mirror, outbox } = this.#options;
    members.setOnline(name, online);
    const lastSeen = online ? null : members.lastSeen(name);
    connections.broadcast({ type: "presence", name, online, lastSeen }, { except: name });
    mirror.touch(name);
    outbox.schedule("redis");
  }
}
