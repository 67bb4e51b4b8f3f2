/** The HTTP app: what every request passes, then one handler per row of the tables of endpoints. */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { type Endpoint, type EndpointName, ENDPOINTS } from "../protocol/endpoints.ts";
import { DuetError } from "../protocol/errors.ts";
import { BASE_PATH, HTTP_BODY_MAX_BYTES } from "../protocol/limits.ts";
import { PLATFORM_ENDPOINTS } from "../protocol/platform/endpoints.ts";
import type { AppEnv, AppHandler } from "./context.ts";
import { answerError } from "./errors.ts";
import { health } from "./health.ts";
import { measureRequests, metrics, requireMetricsToken } from "./metrics.ts";
import { openapi } from "./openapi.ts";
import { noStore } from "./no-store.ts";
import { allowFrontends, guardOrigin } from "./origins.ts";
import { chatPage, docsPage, registerPage } from "./pages.ts";
import { chat, endchat, login, logout, messages, messageSend, register, socket } from "./pair-chat.ts";
import { PLATFORM_HANDLERS } from "./platform/handlers.ts";
import { addRoutes } from "./routes.ts";
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
  metrics,
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
app.use(logRequests, measureRequests);
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

app.use(BASE_PATH + ENDPOINTS.metrics.path, requireMetricsToken);

for (const [path, page] of Object.entries(PAGES)) app.get(path, page);

addRoutes(app, ENDPOINTS, HANDLERS);
addRoutes(app, PLATFORM_ENDPOINTS, PLATFORM_HANDLERS);

app.notFound((c) => answerError(new DuetError("NOT_FOUND"), c));
app.onError(answerError);
