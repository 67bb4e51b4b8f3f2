/** Drives the Worker as two people would, from inside the runtime. */
import { env, exports } from "cloudflare:workers";
import { evictDurableObject } from "cloudflare:test";
import { type ServerFrame, ServerFrame as ServerFrameSchema } from "../../protocol/frames.ts";
import { RegisterData } from "../../protocol/http.ts";
import { RecordingSocket } from "./recording-socket.ts";

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

export class TestSocket extends RecordingSocket<ServerFrame> {
  protected override read(text: string): ServerFrame | undefined {
    return ServerFrameSchema.parse(JSON.parse(text));
  }

  /** Sends messages, each after the ack of the one before. */
  async say(...bodies: string[]): Promise<void> {
    for (const body of bodies) {
      const id = crypto.randomUUID();
      this.send({ type: "send", id, body });
      await this.frame("ack", (ack) => ack.id === id);
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
