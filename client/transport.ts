/** How calls and sockets reach the server: addresses, cookies, time limits, and what an answer means. */
import * as z from "zod/mini";
import type { Method } from "../protocol/endpoint.ts";
import { FailureAnswer } from "../protocol/http.ts";
import { BASE_PATH } from "../protocol/limits.ts";
import { ApiError } from "./api-error.ts";
import { CookieJar } from "./cookies.ts";
import { parseJson } from "./incoming.ts";

const TIME_LIMIT_MS = 15_000;

/** What the SDK needs of a WebSocket. */
export type WebSocketLike = Pick<WebSocket, "send" | "close" | "addEventListener">;

export interface TransportOptions {
  /** Origin of the server; a page's own by default. Required outside a browser. */
  baseUrl?: string;
  fetch?: typeof fetch;
  /** Opens a socket. `headers` hold the session outside a browser, and are empty inside. */
  webSocket?: (url: string, headers: Record<string, string>, protocols?: string[]) => WebSocketLike;
}

export class Transport {
  readonly #baseUrl: string;
  readonly #fetch: typeof fetch;
  readonly #webSocket: NonNullable<TransportOptions["webSocket"]>;
  readonly #jar = new CookieJar();

  /** @throws Error when there is neither a `baseUrl` nor a page */
  constructor(options: TransportOptions) {
    const baseUrl = options.baseUrl ?? globalThis.location?.origin;
    if (baseUrl === undefined) throw new Error("Outside a browser, pass `baseUrl`, such as http://localhost:8787.");
    this.#baseUrl = baseUrl.replace(/\/$/, "") + BASE_PATH;
    // Called through an arrow: browsers refuse a `fetch` whose `this` is not the window.
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.#webSocket = options.webSocket ?? openWebSocket;
  }

  /**
   * Makes one call.
   *
   * @param path - below BASE_PATH, parameters already encoded
   * @param schema - of the whole answer; undefined is what an empty one is read as
   * @param headers - further ones
   * @throws ApiError when the server refuses, or does not answer within 15 s
   */
  async call<S extends z.core.$ZodType>(
    method: Method,
    path: string,
    schema: S,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<z.output<S>> {
    const { response, json } = await this.#exchange(path, {
      method,
      credentials: "include",
      headers: {
        ...this.#jar.headers(),
        ...headers,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    this.#jar.store(response.headers);
    const answer = z.safeParse(schema, json);
    if (response.ok && answer.success) return answer.data;
    throw toApiError(response, json);
  }

  /** @param path - below BASE_PATH */
  open(path: string, protocols?: string[]): WebSocketLike {
    return this.#webSocket(this.#baseUrl.replace(/^http/, "ws") + path, this.#jar.headers(), protocols);
  }

  async #exchange(path: string, init: RequestInit): Promise<{ response: Response; json: unknown }> {
    try {
      const response = await this.#fetch(this.#baseUrl + path, init);
      return { response, json: parseJson(await response.text()) };
    } catch {
      throw unreachable(0);
    }
  }
}

/** Node's WebSocket takes headers where the standard has protocols, which the DOM's types don't know. */
function openWebSocket(url: string, headers: Record<string, string>, protocols?: string[]): WebSocketLike {
  if (Object.keys(headers).length === 0) return new WebSocket(url, protocols);
  const socket: WebSocketLike = Reflect.construct(WebSocket, [url, { headers, protocols }]);
  return socket;
}

/** What is not in Duet's form comes from something in between, such as a proxy or a hotel's login page. */
function toApiError(response: Response, json: unknown): ApiError {
  const failure = FailureAnswer.safeParse(json);
  if (!failure.success) return unreachable(response.status);
  const { code, message, details, requestId } = failure.data.error;
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new ApiError(code, response.status, message, {
    details,
    requestId,
    retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined,
  });
}

function unreachable(status: number): ApiError {
  return new ApiError("UNREACHABLE", status, "Duet can't be reached. Check the connection and try again.");
}
