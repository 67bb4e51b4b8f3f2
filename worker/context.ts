import type { Context, Handler } from "hono";
import type { RequestIdVariables } from "hono/request-id";

export interface AppEnv {
  Bindings: Env;
  Variables: RequestIdVariables & {
    /** Code of the failure that a request was answered with, for the log. */
    errorCode?: string;
  };
}

export type AppContext = Context<AppEnv>;
export type AppHandler = Handler<AppEnv>;
