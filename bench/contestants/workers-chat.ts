/**
 * The design of Cloudflare's example chat for the edge, from its description: every message gets a timestamp that
 * only rises, goes to everybody in the room, the sender included, and into the key-value storage, one `put` each.
 */
import { DurableObject } from "cloudflare:workers";

interface Env {
  CONVERSATION: DurableObjectNamespace<Conversation>;
}

export class Conversation extends DurableObject<Env> {
  #lastTimestamp = 0;

  override fetch(request: Request): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    server.serializeAttachment(new URL(request.url).searchParams.get("name") ?? "");
    return new Response(null, { status: 101, webSocket: client });
  }

  override async webSocketMessage(sender: WebSocket, text: string): Promise<void> {
    const { id, body }: { id: string; body: string } = JSON.parse(text);
    this.#lastTimestamp = Math.max(Date.now(), this.#lastTimestamp + 1);
    const name: string = sender.deserializeAttachment();
    const push = JSON.stringify({ type: "message", id, name, body, timestamp: this.#lastTimestamp });
    for (const socket of this.ctx.getWebSockets()) socket.send(push);
    await this.ctx.storage.put(new Date(this.#lastTimestamp).toISOString(), push);
  }
}

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    if (request.headers.get("upgrade") !== "websocket") return new Response("ready");
    return env.CONVERSATION.getByName(url.pathname).fetch(request);
  },
} satisfies ExportedHandler<Env>;
