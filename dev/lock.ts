/** Lets one process at a time work with a folder. Two Postgres in one folder would destroy it. */
import { once } from "node:events";
import { mkdir, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join, relative } from "node:path";

/**
 * Takes the lock of a folder. The lock is a socket: it is gone as soon as its owner is, however that ended.
 *
 * @returns a function that gives it back, or undefined when another process holds it
 */
export async function lockFolder(folder: string): Promise<(() => Promise<void>) | undefined> {
  await mkdir(folder, { recursive: true });
  // Relative, because a socket's path has at most 107 characters.
  const path = relative(process.cwd(), join(folder, "lock"));
  if (await answers(path)) return undefined;
  await rm(path, { force: true });
  const server = createServer((socket) => socket.end()).listen(path);
  await once(server, "listening");
  return async () => {
    server.close();
    await once(server, "close");
  };
}

async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
