import type { Context, Handler } from "hono";
import type { RequestIdVariables } from "hono/request-id";
import type { ErrorCode } from "../protocol/errors.ts";
import type { Caller } from "./platform/require-account.ts";

export interface AppEnv {
  Bindings: Env;
  Variables: RequestIdVariables & {
    /** Code of the failure that a request was answered with, for the log. */
    errorCode?: ErrorCode;
    /** Name of the endpoint that a request has reached; none before that, and for pages. */
    endpoint?: string;
    /** Who calls, on endpoints that need an account; see `callerOf`. */
    caller?: Caller;
  };
}

export type AppContext = Context<AppEnv>;
export type AppHandler = Handler<AppEnv>;
