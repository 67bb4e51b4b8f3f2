/** Stands between a client and the Worker, and can cut, freeze or refuse connections. */
import { createServer, type Socket, connect } from "node:net";

export interface TcpProxy {
  /** Its origin, in place of the Worker's. */
  url: string;
  /** Ends every connection. */
  cut(): void;
  /** While true, bytes of the Worker get lost without any sign of it on connections that are open. */
  isDeaf: boolean;
  /** While true, new connections are refused. */
  isOffline: boolean;
  stop(): void;
}

export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const deaf = new WeakSet<Socket>();
  const server = createServer((client) => {
    if (proxy.isOffline) return void client.destroy();
    const worker = connect(Number(port), hostname);
    for (const socket of [client, worker]) {
      const other = socket === client ? worker : client;
      open.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        open.delete(socket);
        // A frozen connection stays open on both sides.
        if (!deaf.has(client)) other.destroy();
      });
    }
    client.on("data", (bytes) => worker.write(bytes));
    worker.on("data", (bytes) => {
      if (proxy.isDeaf) deaf.add(client);
      if (!deaf.has(client)) client.write(bytes);
    });
  });
  const proxy: TcpProxy = {
    url: "",
    isDeaf: false,
    isOffline: false,
    cut() {
      for (const socket of open) socket.destroy();
    },
    stop() {
      server.close();
      this.cut();
    },
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
  proxy.url = `http://127.0.0.1:${address.port}`;
  return proxy;
}
