/** The endpoints about accounts and sessions. */
import { BODY_ERRORS, type Endpoint, LIMIT_ERRORS, NAME_ERRORS } from "../endpoint.ts";
import { API_V1 } from "../limits.ts";
import {
  Accepted,
  Me,
  PasswordChangeBody,
  RefreshBody,
  SessionsPage,
  SignInAnswer,
  SignInBody,
  SignUpBody,
  TokensAnswer,
  VerifyEmailBody,
} from "./auth.ts";
import { ACCOUNT_ERRORS, EXAMPLE_ID, EXAMPLE_ME, EXAMPLE_TIME, EXAMPLE_USER, PAGE_ERRORS } from "./endpoint-parts.ts";
import { PageQuery } from "./page.ts";

const EXAMPLE_REFRESH_TOKEN = `${EXAMPLE_ID}.0b7e1d1c-53a4-4f4e-8f57-6c6a0d1c9c11.${"x".repeat(64)}`;
const EXAMPLE_TOKENS = {
  access_token: "eyJhbGciOiJIUzI1NiJ9.e30.signature",
  refresh_token: EXAMPLE_REFRESH_TOKEN,
  expires_in: 900,
};

export const AUTH_ENDPOINTS = {
  signUp: {
    methods: ["POST"],
    path: `${API_V1}/auth/register`,
    visibility: "public",
    signedIn: false,
    summary: "Make an account, and log in to it",
    description:
      "A mail goes to the address, to verify it. Nobody is told whether an email has an account: an address that has " +
      "one is told so by mail, and the answer is the same.",
    body: { schema: SignUpBody, example: { email: "alice@test.com", username: "alice", password: "12345678" } },
    success: 201,
    answer: { schema: SignInAnswer, example: { user: EXAMPLE_USER, tokens: EXAMPLE_TOKENS } },
    errors: [
      ...BODY_ERRORS,
      "EMAIL_INVALID",
      "USERNAME_INVALID",
      "USERNAME_TAKEN",
      "PASSWORD_TOO_SHORT",
      "PASSWORD_TOO_LONG",
      ...NAME_ERRORS,
      "ORIGIN_FORBIDDEN",
      ...LIMIT_ERRORS,
    ],
  },
  signIn: {
    methods: ["POST"],
    path: `${API_V1}/auth/login`,
    visibility: "public",
    signedIn: false,
    summary: "Log in with an email or a username",
    description: "An unknown account and a wrong password get the same answer, after the same time.",
    body: { schema: SignInBody, example: { email: "alice@test.com", password: "12345678" } },
    answer: { schema: SignInAnswer, example: { user: EXAMPLE_USER, tokens: EXAMPLE_TOKENS } },
    errors: [...BODY_ERRORS, "CREDENTIALS_WRONG", "ORIGIN_FORBIDDEN", ...LIMIT_ERRORS],
  },
  refreshTokens: {
    methods: ["POST"],
    path: `${API_V1}/auth/refresh`,
    visibility: "public",
    signedIn: false,
    summary: "Exchange a refresh token for a new pair of tokens",
    description:
      "Each refresh token works once. Used again within 30 s, as two tabs may, it answers with the same next one; " +
      "later, the session is ended, because somebody else may have it.",
    body: { schema: RefreshBody, example: { refresh_token: EXAMPLE_REFRESH_TOKEN } },
    answer: { schema: TokensAnswer, example: { tokens: EXAMPLE_TOKENS } },
    errors: [...BODY_ERRORS, "REFRESH_TOKEN_INVALID", "ORIGIN_FORBIDDEN", "TOO_FAST", "UNAVAILABLE"],
  },
  signOut: {
    methods: ["POST"],
    path: `${API_V1}/auth/logout`,
    visibility: "public",
    signedIn: "account",
    summary: "End this session",
    success: 202,
    answer: { schema: Accepted, example: { status: "OK", code: 202 } },
    errors: [...ACCOUNT_ERRORS],
  },
  me: {
    methods: ["GET"],
    path: `${API_V1}/auth/me`,
    visibility: "public",
    signedIn: "account",
    summary: "Your own account",
    answer: { schema: Me, example: EXAMPLE_ME },
    errors: [...ACCOUNT_ERRORS],
  },
  changePassword: {
    methods: ["PUT"],
    path: `${API_V1}/auth/password`,
    visibility: "public",
    signedIn: "account",
    summary: "Change the password, and end all other sessions",
    body: { schema: PasswordChangeBody, example: { current_password: "12345678", new_password: "correct horse" } },
    success: 204,
    errors: [
      ...BODY_ERRORS,
      "PASSWORD_WRONG",
      "PASSWORD_TOO_SHORT",
      "PASSWORD_TOO_LONG",
      "TOO_MANY_REQUESTS",
      ...ACCOUNT_ERRORS,
    ],
  },
  verifyEmail: {
    methods: ["POST"],
    path: `${API_V1}/auth/verify-email`,
    visibility: "public",
    signedIn: false,
    summary: "Verify an email address with the token from the mail",
    body: { schema: VerifyEmailBody, example: { token: "eyJhbGciOiJIUzI1NiJ9.e30.signature" } },
    success: 204,
    errors: [...BODY_ERRORS, "EMAIL_TOKEN_INVALID", "ORIGIN_FORBIDDEN", "UNAVAILABLE"],
  },
  resendVerification: {
    methods: ["POST"],
    path: `${API_V1}/auth/verify-email/resend`,
    visibility: "public",
    signedIn: "account",
    summary: "Send the mail to verify your address again",
    description: "Does nothing when it is verified, or when the address got several mails within the hour.",
    success: 202,
    answer: { schema: Accepted, example: { status: "OK", code: 202 } },
    errors: [...ACCOUNT_ERRORS],
  },
  sessions: {
    methods: ["GET"],
    path: `${API_V1}/auth/sessions`,
    visibility: "public",
    signedIn: "account",
    summary: "Where you are logged in, newest first",
    query: PageQuery,
    answer: {
      schema: SessionsPage,
      example: {
        sessions: [
          {
            id: EXAMPLE_ID,
            label: "Firefox on Linux",
            created_at: EXAMPLE_TIME,
            used_at: EXAMPLE_TIME,
            expires_at: EXAMPLE_TIME + 604_800_000,
            current: true,
          },
        ],
        next_cursor: null,
      },
    },
    errors: [...PAGE_ERRORS, ...ACCOUNT_ERRORS],
  },
  endSession: {
    methods: ["DELETE"],
    path: `${API_V1}/auth/sessions/:id`,
    visibility: "public",
    signedIn: "account",
    summary: "End one of your sessions",
    success: 204,
    errors: ["SESSION_UNKNOWN", ...ACCOUNT_ERRORS],
  },
  deleteAccount: {
    methods: ["DELETE"],
    path: `${API_V1}/users/me`,
    visibility: "public",
    signedIn: "account",
    summary: "Delete your account",
    description:
      "Erases what is personal, your posts, and what you had with others, for good, and ends every session. What you " +
      "wrote in conversations stays readable to the others.",
    success: 204,
    errors: [...ACCOUNT_ERRORS],
  },
} as const satisfies Record<string, Endpoint>;
