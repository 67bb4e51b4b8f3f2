/**
 * Where the pages are. They are linked with plain <a>: each is a file of its own, and a full load leaves nothing of a
 * chat, its address least of all, in the router's memory.
 */
export const ROUTES = {
  home: "/",
  newChat: "/demo/chat",
  article: "/blog/section/project/article/chatapp",
  docs: "/docs",
} as const;

/** Where the API is. Not taken from protocol/endpoints.ts, which would bring every schema along. */
export const BASE_PATH = "/chat-server";

const PREFIX = "/demo/chat/user/";

export function chatPath(hash: string): string {
  return PREFIX + hash;
}

/** The full link to share, on the origin this page came from. */
export function chatLink(hash: string): string {
  return location.origin + chatPath(hash);
}

/** The hash in a path like /demo/chat/user/<hash>; undefined when there is none. Whether it exists, the server knows. */
export function hashInPath(pathname: string): string | undefined {
  if (!pathname.startsWith(PREFIX)) return undefined;
  const [hash] = pathname.slice(PREFIX.length).split("/");
  return hash === "" ? undefined : hash;
}
