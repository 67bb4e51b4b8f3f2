/** The runtime's limit: relays every text to all sockets of the room as it came, and stores nothing. */
import { DurableObject } from "cloudflare:workers";

interface Env {
  CONVERSATION: DurableObjectNamespace<Conversation>;
}

export class Conversation extends DurableObject<Env> {
  override fetch(): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(_socket: WebSocket, text: string): void {
    for (const socket of this.ctx.getWebSockets()) socket.send(text);
  }
}

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    if (request.headers.get("upgrade") !== "websocket") return new Response("ready");
    return env.CONVERSATION.getByName(url.pathname).fetch(request);
  },
} satisfies ExportedHandler<Env>;
