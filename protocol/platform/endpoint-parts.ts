/** What many rows of the platform's tables have in common. */

/** Of every row that needs an account. */
export const ACCOUNT_ERRORS = ["UNAUTHENTICATED", "ORIGIN_FORBIDDEN", "UNAVAILABLE"] as const;
/** Of every list. */
export const PAGE_ERRORS = ["CURSOR_INVALID", "PAGE_LIMIT_INVALID"] as const;

export const EXAMPLE_ID = "7f3a1c52-4b0e-4a56-9d3c-2f1e8b6a9d10";
export const EXAMPLE_TIME = 1_763_632_800_000;
