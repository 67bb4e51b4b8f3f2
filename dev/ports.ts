/** TCP ports of this machine's loopback interface. */
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Whether nothing listens on `port`, neither for IPv4 nor for IPv6. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await canListen(port, "127.0.0.1")) && (await canListen(port, "::1"));
}

/**
 * A port that nothing listens on at the moment. It is below those that systems give to whoever asks for any port, and to
 * connections: so nothing takes it before it is used, or while its owner restarts. No browser refuses it, either.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    if (await isPortFree(port)) return port;
  }
}

/**
 * Waits until a port whose owner was ended is free.
 *
 * @throws Error after 30 s
 */
export async function untilPortFree(port: number): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (await isPortFree(port)) return;
    await sleep(50);
  }
  throw new Error(`Port ${port} is still taken after its owner has ended.`);
}

async function canListen(port: number, host: string): Promise<boolean> {
  const server = createServer().listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    // A machine without IPv6 has no ::1 to be taken.
    return !(error instanceof Error && "code" in error && error.code === "EADDRINUSE");
  }
  server.close();
  await once(server, "close");
  return true;
}
