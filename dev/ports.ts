/** TCP ports of this machine's loopback interface. */
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Whether nothing listens on `port`, neither for IPv4 nor for IPv6. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await canListen(port, "127.0.0.1")) && (await canListen(port, "::1"));
}

/** A port that nothing listens on at the moment. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port.");
  return address.port;
}

/**
 * Waits until a port whose owner was ended is free.
 *
 * @throws Error after 5 s
 */
export async function untilPortFree(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
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
