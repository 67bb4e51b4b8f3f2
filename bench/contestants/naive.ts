/** What a good tutorial gives: one row per message, an acknowledgement to the sender, a push to everybody else. */
import { DurableObject } from "cloudflare:workers";

interface Env {
  CONVERSATION: DurableObjectNamespace<Conversation>;
}

export class Conversation extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec(`create table if not exists messages (
      seq integer primary key autoincrement, id text not null, sender text not null, body text not null, at integer not null
    )`);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('{"type":"ping"}', '{"type":"pong"}'));
  }

  override fetch(request: Request): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    server.serializeAttachment(new URL(request.url).searchParams.get("name") ?? "");
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(sender: WebSocket, text: string): void {
    const { id, body }: { id: string; body: string } = JSON.parse(text);
    const name: string = sender.deserializeAttachment();
    const at = Date.now();
    const { seq } = this.ctx.storage.sql
      .exec<{ seq: number }>(
        "insert into messages (id, sender, body, at) values (?, ?, ?, ?) returning seq",
        id,
        name,
        body,
        at,
      )
      .one();
    const push = JSON.stringify({ type: "message", seq, id, sender: name, body, at });
    for (const socket of this.ctx.getWebSockets()) if (socket !== sender) socket.send(push);
    sender.send(JSON.stringify({ type: "ack", id, seq, at }));
  }
}

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    if (request.headers.get("upgrade") !== "websocket") return new Response("ready");
    return env.CONVERSATION.getByName(url.pathname).fetch(request);
  },
} satisfies ExportedHandler<Env>;
