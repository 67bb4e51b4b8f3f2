/** Drives the Worker as two people would, from inside the runtime. */
import { env, exports } from "cloudflare:workers";
import { evictDurableObject } from "cloudflare:test";
import { PING, type ServerFrame, ServerFrame as ServerFrameSchema } from "../../protocol/frames.ts";
import { RegisterData } from "../../protocol/http.ts";

export const ORIGIN = "http://duet.test";

interface Init {
  method?: string;
  headers?: Record<string, string>;
  /** Sent as JSON; by POST, unless another method is given. */
  json?: unknown;
  body?: string;
  cookie?: string;
}

export async function request(path: string, { json, cookie, headers, ...init }: Init = {}): Promise<Response> {
  return exports.default.fetch(
    new Request(new URL(path, ORIGIN), {
      ...(json !== undefined && { method: "POST", body: JSON.stringify(json) }),
      ...init,
      headers: {
        "CF-Connecting-IP": freshAddress(),
        ...(json !== undefined && { "Content-Type": "application/json" }),
        ...(cookie !== undefined && { Cookie: cookie }),
        ...headers,
      },
    }),
  );
}

/** A new client address per request, so that only the tests about rate limits meet them. */
function freshAddress(): string {
  const [a, b, c] = crypto.getRandomValues(new Uint8Array(3));
  return `10.${a}.${b}.${c}`;
}

/** A failed answer's parts that tests look at. */
export async function failure(response: Response): Promise<{ status: number; code: string }> {
  const body = await response.json<{ status: string; code: number; error: { code: string; requestId: string } }>();
  if (body.status !== "Failed" || body.code !== response.status || !body.error.requestId) {
    throw new Error(`Not the error body: ${JSON.stringify(body)}`);
  }
  return { status: response.status, code: body.error.code };
}

export async function register(userOne = "Abhi", userTwo = "Anny"): Promise<string> {
  const response = await request("/chat-server/register/submit", { json: { userOne, userTwo } });
  const { data } = await response.json<{ data: unknown }>();
  return RegisterData.parse(data).hash;
}

/** @returns the cookie to send */
export async function login(hash: string, userName: string): Promise<string> {
  const response = await request(`/chat-server/user/${encodeURIComponent(userName)}/login`, {
    json: { userName, hash },
  });
  if (response.status !== 200) throw new Error(`Login failed: ${await response.text()}`);
  return cookieOf(response);
}

export function cookieOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

export function upgrade(hash: string, headers: Record<string, string>): Promise<Response> {
  return request(`/chat-server/user/${hash}/ws`, { headers: { Upgrade: "websocket", ...headers } });
}

export async function connect(hash: string, cookie: string): Promise<TestSocket> {
  const response = await upgrade(hash, { Cookie: cookie });
  if (!response.webSocket) throw new Error(`No socket: ${await response.text()}`);
  return new TestSocket(response.webSocket);
}

export class TestSocket {
  readonly frames: ServerFrame[] = [];
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();
  closed: { code: number; reason: string } | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      this.frames.push(ServerFrameSchema.parse(JSON.parse(String(data))));
      this.#wake();
    });
    socket.addEventListener("close", ({ code, reason }) => {
      this.closed = { code, reason };
      this.#wake();
    });
    socket.accept();
  }

  #wake(): void {
    for (const check of this.#waiting) check();
  }

  send(frame: object): void {
    this.sendText(JSON.stringify(frame));
  }

  sendText(text: string | ArrayBuffer): void {
    this.#socket.send(text);
  }

  /** Sends messages, each after the ack of the one before. */
  async say(...bodies: string[]): Promise<void> {
    for (const body of bodies) {
      const id = crypto.randomUUID();
      this.send({ type: "send", id, body });
      await this.frame("ack", (ack) => ack.id === id);
    }
  }

  ping(): void {
    this.sendText(PING);
  }

  close(code = 1000): void {
    this.#socket.close(code);
  }

  /** Resolves when `found` gives something; rejects after five seconds. */
  async until<T>(found: () => T | undefined | false): Promise<T> {
    const signal = AbortSignal.timeout(5_000);
    for (;;) {
      const result = found();
      if (result !== undefined && result !== false) return result;
      await new Promise<void>((resolve, reject) => {
        const check = () => {
          this.#waiting.delete(check);
          resolve();
        };
        this.#waiting.add(check);
        signal.addEventListener("abort", () =>
          reject(
            new Error(`Waited in vain. Frames: ${JSON.stringify(this.frames)}; closed: ${JSON.stringify(this.closed)}`),
          ),
        );
      });
    }
  }

  /** The first frame of a type, past or to come, that fits. */
  frame<T extends ServerFrame["type"]>(
    type: T,
    fits: (frame: ServerFrame & { type: T }) => boolean = () => true,
  ): Promise<ServerFrame & { type: T }> {
    const isIt = (frame: ServerFrame): frame is ServerFrame & { type: T } => frame.type === type;
    return this.until(() => this.frames.filter(isIt).find(fits));
  }

  /** Every frame of a type so far. */
  all<T extends ServerFrame["type"]>(type: T): (ServerFrame & { type: T })[] {
    const isIt = (frame: ServerFrame): frame is ServerFrame & { type: T } => frame.type === type;
    return this.frames.filter(isIt);
  }

  closing(): Promise<{ code: number; reason: string }> {
    return this.until(() => this.closed);
  }

  async hello(options: { epoch?: string; since?: number } = {}) {
    this.send({ type: "hello", v: 1, ...options });
    const welcome = await this.frame("welcome");
    await this.frame("live");
    return welcome;
  }
}

export interface Pair {
  hash: string;
  cookies: [string, string];
  abhi: TestSocket;
  anny: TestSocket;
}

/** A new chat between Abhi and Anny, both of them connected and live. */
export async function pair(): Promise<Pair> {
  const hash = await register();
  const cookies: [string, string] = [await login(hash, "Abhi"), await login(hash, "Anny")];
  const abhi = await connect(hash, cookies[0]);
  await abhi.hello();
  const anny = await connect(hash, cookies[1]);
  await anny.hello();
  return { hash, cookies, abhi, anny };
}

/** Puts the chat's object to sleep; its sockets stay open, or are closed as in a deployment. */
export function evict(hash: string, webSockets: "hibernate" | "close" = "hibernate"): Promise<void> {
  return evictDurableObject(env.CONVERSATION.getByName(hash), { webSockets });
}
