/** The HTTP app: what every request passes, then one handler per row of protocol/endpoints.ts. */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { type Endpoint, type EndpointName, ENDPOINTS } from "../protocol/endpoints.ts";
import { DuetError } from "../protocol/errors.ts";
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
app.use(
  `${BASE_PATH}/*`,
  secureHeaders({ referrerPolicy: "no-referrer", crossOriginResourcePolicy: "same-site" }),
  allowFrontends,
  noStore,
);
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

for (const [name, endpoint] of Object.entries<Endpoint>(ENDPOINTS)) {
  const handler = Object.entries(HANDLERS).find(([handled]) => handled === name)?.[1];
  if (!handler) throw new Error(`No handler for ${name}.`);
  const paths = pathsOf(endpoint);
  const effect = endpoint.methods.includes("POST");
  app.on([...endpoint.methods], paths, ...(effect ? [requireOwnSite, handler] : [handler]));
  app.on(["GET", "POST", "PUT", "PATCH", "DELETE"], paths, (c) => {
    c.header("Allow", endpoint.methods.join(", "));
    throw new DuetError("METHOD_NOT_ALLOWED");
  });
}

app.notFound((c) => answerError(new DuetError("NOT_FOUND"), c));
app.onError(answerError);

function pathsOf(endpoint: Endpoint): string[] {
  const below = [endpoint.path, ...(endpoint.aliases ?? [])];
  return [...below.map((path) => BASE_PATH + path), ...(endpoint.rootAliases ?? [])];
}
