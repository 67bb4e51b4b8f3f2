/** One handler per row of protocol/platform/endpoints.ts. */
import type { PlatformEndpointName } from "../../protocol/platform/endpoints.ts";
import type { AppHandler } from "../context.ts";
import { changePassword, deleteAccount, me } from "./account.ts";
import { refreshTokens, signIn, signOut, signUp } from "./auth.ts";
import { resendVerification, verifyEmail } from "./email-verification.ts";
import { endSession, sessions } from "./sessions.ts";

export const PLATFORM_HANDLERS = {
  signUp,
  signIn,
  refreshTokens,
  signOut,
  me,
  changePassword,
  verifyEmail,
  resendVerification,
  sessions,
  endSession,
  deleteAccount,
} satisfies Record<PlatformEndpointName, AppHandler>;
