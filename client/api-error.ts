/** Why a call failed. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** Stable: one of protocol/errors.ts, of a newer server, or `UNREACHABLE` when no answer of Duet's came. */
  readonly code: string;
  /** The answer's HTTP status; 0 when there was none. */
  readonly status: number;
  /** Paths of the offending fields. */
  readonly details: readonly string[] | undefined;
  /** To quote when reporting a problem. */
  readonly requestId: string | undefined;
  /** Seconds to wait before the next try. */
  readonly retryAfter: number | undefined;

  constructor(
    code: string,
    status: number,
    message: string,
    more: { details?: readonly string[] | undefined; requestId?: string; retryAfter?: number | undefined } = {},
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.details = more.details;
    this.requestId = more.requestId;
    this.retryAfter = more.retryAfter;
  }
}
