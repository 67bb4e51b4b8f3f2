import type { Context, Handler } from "hono";
import type { RequestIdVariables } from "hono/request-id";
import type { Caller } from "./platform/require-account.ts";

export interface AppEnv {
  Bindings: Env;
  Variables: RequestIdVariables & {
    /** Code of the failure that a request was answered with, for the log. */
    errorCode?: string;
    /** Who calls, on endpoints that need an account; see `callerOf`. */
    caller?: Caller;
  };
}

export type AppContext = Context<AppEnv>;
export type AppHandler = Handler<AppEnv>;
