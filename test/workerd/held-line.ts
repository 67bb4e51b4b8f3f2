/** Connects an SDK client to the Worker in this isolate, by a socket whose frames can be held back, lost and cut off. */
import { exports } from "cloudflare:workers";
import type { WebSocketLike } from "../../client/index.ts";

/** Longer than a client takes to reconnect. */
const LATE_MS = 30;

type Direction = "toServer" | "toClient";

interface Wire {
  /** Each carries one frame further; what is held waits here, in order. */
  waiting: Record<Direction, (() => void)[]>;
  hangUp(isNoticed: boolean): void;
}

export class HeldLine {
  isOffline = false;
  /** How many pushes are still to get lost, on sockets that stay open. */
  losing = 0;
  readonly #held = new Set<Direction>();
  #wire: Wire | undefined;

  hold(direction: Direction): void {
    this.#held.add(direction);
  }

  release(): void {
    this.#held.clear();
    this.#drain();
  }

  /**
   * Ends the connection with all that is held.
   *
   * @param isNoticed - whether the server learns of it; if not, its end stays open, and gets what was sent, but late
   */
  cut(isNoticed: boolean): void {
    this.#wire?.hangUp(isNoticed);
  }

  /** For `createDuet`. */
  readonly webSocket = (url: string, headers: Record<string, string>): WebSocketLike => {
    const target = new EventTarget();
    let server: WebSocket | undefined;
    let isOpen = true;
    const wire: Wire = {
      waiting: { toServer: [], toClient: [] },
      hangUp: (isNoticed) => {
        if (!isOpen) return;
        isOpen = false;
        this.#wire = undefined;
        if (isNoticed) server?.close(1000);
        else setTimeout(() => wire.waiting.toServer.splice(0).forEach((send) => send()), LATE_MS);
        target.dispatchEvent(new CloseEvent("close", { code: 1006 }));
      },
    };
    this.#wire = wire;
    const pass = (direction: Direction, act: () => void) => {
      wire.waiting[direction].push(act);
      if (this.#wire === wire) this.#drain();
    };
    const dial = async () => {
      const answer = this.isOffline ? undefined : await upgrade(url, headers);
      server = answer?.webSocket ?? undefined;
      if (!server) return wire.hangUp(false);
      server.addEventListener("message", ({ data }) => {
        const isLost = this.losing > 0 && String(data).includes('"seq"');
        if (isLost) this.losing -= 1;
        else pass("toClient", () => isOpen && target.dispatchEvent(new MessageEvent("message", { data })));
      });
      server.addEventListener("close", ({ code, reason }) => {
        if (isOpen) target.dispatchEvent(new CloseEvent("close", { code, reason }));
        isOpen = false;
      });
      server.accept();
      if (isOpen) target.dispatchEvent(new Event("open"));
      else server.close(1000);
    };
    void dial();
    return {
      addEventListener: target.addEventListener.bind(target),
      send: (data) => isOpen && pass("toServer", () => server?.readyState === WebSocket.OPEN && server.send(data)),
      close: () => {
        if (isOpen) server?.close(1000);
        isOpen = false;
      },
    };
  };

  #drain(): void {
    const waiting = this.#wire?.waiting;
    if (!waiting) return;
    for (const direction of ["toServer", "toClient"] as const) {
      while (!this.#held.has(direction) && waiting[direction].length > 0) waiting[direction].shift()?.();
    }
  }
}

function upgrade(url: string, headers: Record<string, string>): Promise<Response> {
  const request = new Request(url.replace(/^ws/, "http"), { headers: { ...headers, Upgrade: "websocket" } });
  return exports.default.fetch(request);
}
