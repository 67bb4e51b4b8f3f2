/**
 * What most people would pick: Socket.IO on Node, with a row in Postgres before the acknowledgement.
 * `node socket-io.ts <database url> <port>`; says `ready` to its parent.
 */
import { createServer } from "node:http";
import pg from "pg";
import { Server } from "socket.io";

interface Stored {
  id: string;
  seq: number;
}

const [databaseUrl = "", port = ""] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 });
await pool.query(`create table messages (
  seq bigint generated always as identity primary key,
  room text not null, id text not null, sender text not null, body text not null, at timestamptz not null default now()
)`);

const http = createServer();
const server = new Server(http, { transports: ["websocket"] });

server.on("connection", async (socket) => {
  const { room, name } = socket.handshake.query;
  if (typeof room !== "string" || typeof name !== "string") return socket.disconnect(true);
  socket.on("send", (message: { id: string; body: string }, acknowledge: (stored: Stored) => void) => {
    void store(message, acknowledge);
  });
  await socket.join(room);

  async function store({ id, body }: { id: string; body: string }, acknowledge: (stored: Stored) => void) {
    const { rows } = await pool.query<{ seq: string; at: Date }>(
      "insert into messages (room, id, sender, body) values ($1, $2, $3, $4) returning seq, at",
      [room, id, name, body],
    );
    const [row] = rows;
    if (!row || room === undefined) return;
    const seq = Number(row.seq);
    socket.to(room).emit("message", { seq, id, sender: name, body, at: row.at.getTime() });
    acknowledge({ id, seq });
  }
});

http.listen(Number(port), "127.0.0.1", () => process.send?.("ready"));
process.once("disconnect", () => process.exit());
