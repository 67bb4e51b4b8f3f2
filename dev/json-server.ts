/** A small JSON-over-HTTP server on the loopback interface: the outside of both stand-ins. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";

/** Bytes of one request body. Neon and Upstash stop at about this size too. */
const BODY_MAX_BYTES = 16 * 1024 * 1024;

export interface JsonRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface JsonAnswer {
  status: number;
  body: unknown;
}

export interface RunningServer {
  port: number;
  /** Cuts every connection and frees the port. */
  stop(): Promise<void>;
}

/**
 * Serves JSON on 127.0.0.1 until stopped.
 *
 * @param port - 0 takes any free one
 * @param answer - turns a request into an answer; a throw becomes status 500 and does not end the server
 * @param close - lets go of what answers are made from: once the server has stopped, or could not start
 * @throws the listen error, such as EADDRINUSE
 */
export async function serveJson(
  port: number,
  answer: (request: JsonRequest) => Promise<JsonAnswer>,
  close: () => Promise<void>,
): Promise<RunningServer> {
  const server = createServer((incoming, outgoing) => {
    void answerSafely(incoming, answer).then(({ status, body }) => {
      outgoing.writeHead(status, { "Content-Type": "application/json" });
      outgoing.end(JSON.stringify(body));
    });
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
  } catch (error) {
    await close();
    throw error;
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port.");
  return {
    port: address.port,
    async stop() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await close();
    },
  };
}

async function answerSafely(
  incoming: IncomingMessage,
  answer: (request: JsonRequest) => Promise<JsonAnswer>,
): Promise<JsonAnswer> {
  try {
    const body = await readBody(incoming);
    if (body === undefined) return { status: 413, body: failure("The request body is too large.") };
    const { method = "GET", url = "/", headers } = incoming;
    return await answer({ method, path: url.split("?", 1)[0] ?? "/", headers, body });
  } catch (error) {
    return { status: 500, body: failure(error instanceof Error ? error.message : String(error)) };
  }
}

/** Neon's driver reads `message`, Upstash's reads `error`. */
function failure(message: string): { message: string; error: string } {
  return { message, error: message };
}

/** The whole body as UTF-8, or undefined when it is too large. Reads to the end either way, so that the client gets its answer. */
async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError("A request without encoding yields bytes.");
    size += chunk.length;
    if (size <= BODY_MAX_BYTES) chunks.push(chunk);
  }
  return size <= BODY_MAX_BYTES ? Buffer.concat(chunks).toString("utf8") : undefined;
}
