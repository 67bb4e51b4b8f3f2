/** Who is there: of people, not of sockets. Told to the others at once and to Redis through the outbox. */
import type { Connections } from "./connections.ts";
import type { Members } from "./members.ts";
import type { Outbox } from "./outbox.ts";
import type { SessionMirror } from "./session-mirror.ts";

interface Options {
  connections: Connections;
  members: Members;
  mirror: SessionMirror;
  outbox: Outbox;
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
