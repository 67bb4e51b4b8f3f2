/** Pages of the static export that live under another path than their file. */
import type { AppContext } from "./context.ts";

/** Every chat's link shows the same page; it reads the hash from the address bar. */
export function chatPage(c: AppContext) {
  return exported(c, "/demo/chat/user");
}

/** The paths take POSTs of the API; who comes with a browser sees the form. */
export function registerPage(c: AppContext) {
  return exported(c, "/demo/chat/register");
}

export function docsPage(c: AppContext) {
  return exported(c, "/docs");
}

/** @param path - of the page in web/out; the original request's headers are kept for caching */
function exported(c: AppContext, path: string) {
  return c.env.ASSETS.fetch(new Request(new URL(path, c.req.url), c.req.raw));
}
