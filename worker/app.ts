/** The HTTP app: what every request passes, then one handler per row of protocol/endpoints.ts. */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { type Endpoint, type EndpointName, ENDPOINTS, pathsOf } from "../protocol/endpoints.ts";
import { DuetError } from "../protocol/errors.ts";
import { keysOf } from "../protocol/keys-of.ts";
import { BASE_PATH, HTTP_BODY_MAX_BYTES } from "../protocol/limits.ts";
import type { AppEnv, AppHandler } from "./context.ts";
import { answerError } from "./errors.ts";
import { health } from "./health.ts";
import { openapi } from "./openapi.ts";
import { noStore } from "./no-store.ts";
import { allowFrontends, guardOrigin, requireOwnSite } from "./origins.ts";
import { chatPage, docsPage, registerPage } from "./pages.ts";
import { chat, endchat, login, logout, messages, messageSend, register, socket } from "./pair-chat.ts";
import { logRequests } from "./request-log.ts";

const HANDLERS = {
  register,
  chat,
  login,
  messageSend,
  messages,
  logout,
  endchat,
  socket,
  health,
  openapi,
  docs: docsPage,
} satisfies Record<EndpointName, AppHandler>;

/** GETs of the pages at these paths are Next's; only POSTs to them are the API's. */
const PAGES = {
  "/demo/chat/user/*": chatPage,
  "/demo/chat/register": registerPage,
  "/demo/chatapp/register": registerPage,
};

export const app = new Hono<AppEnv>();

app.use(requestId({ headerName: "" }));
app.use(logRequests);
for (const path of [
  `${BASE_PATH}/*`,
  ...Object.values<Endpoint>(ENDPOINTS).flatMap(({ rootAliases = [] }) => rootAliases),
]) {
  app.use(path, secureHeaders({ referrerPolicy: "no-referrer", crossOriginResourcePolicy: "same-site" }));
  app.use(path, allowFrontends, noStore);
}
app.use(guardOrigin);
app.use(
  bodyLimit({
    maxSize: HTTP_BODY_MAX_BYTES,
    onError() {
      throw new DuetError("BODY_TOO_LARGE");
    },
  }),
);

for (const [path, page] of Object.entries(PAGES)) app.get(path, page);

for (const name of keysOf(ENDPOINTS)) {
  const endpoint: Endpoint = ENDPOINTS[name];
  const hasEffect = endpoint.methods.includes("POST");
  const handlers: AppHandler[] = hasEffect ? [requireOwnSite, HANDLERS[name]] : [HANDLERS[name]];
  app.on([...endpoint.methods], pathsOf(endpoint), ...handlers);
  app.on(["GET", "POST", "PUT", "PATCH", "DELETE"], pathsOf(endpoint), (c) => {
    c.header("Allow", endpoint.methods.join(", "));
    throw new DuetError("METHOD_NOT_ALLOWED");
  });
}

app.notFound((c) => answerError(new DuetError("NOT_FOUND"), c));
app.onError(answerError);
