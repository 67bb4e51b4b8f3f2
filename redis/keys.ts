/** Every key in Redis. All of them expire. */
export const keys = {
  /** Who is there and what waits for them; see session-records.ts. */
  session: (hash: string, user: string) => `session:${hash}:${user}`,
  /** A hash that a registration is about to use. */
  reservation: (hash: string) => `reserved:${hash}`,
  /** Prefixes of rate-limit windows; the limiter appends whom it counts and the window. */
  registrations: "limit:register",
  logins: "limit:login",
  signUps: "limit:sign-up",
  signIns: "limit:sign-in",
  signInsPerAccount: "limit:sign-in-account",
  mails: "limit:mail",
  searches: "limit:search",
  renames: "limit:rename",
  posts: "limit:post",
  invites: "limit:invite",
  foundings: "limit:conversation",
  joins: "limit:join",
} as const;
