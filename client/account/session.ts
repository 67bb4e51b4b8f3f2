/** Who I am logged in as: keeps the tokens, and exchanges them for new ones in time. */
import { ERRORS } from "../../protocol/errors.ts";
import type { TokensAnswer } from "../../protocol/platform/auth.ts";
import { ApiError } from "../api-error.ts";
import type { Tokens, TokenStore } from "./token-store.ts";

/** Share of its life after which a token is exchanged, rather than used until it is refused. */
const USED_SHARE = 0.9;

export class Session {
  readonly #store: TokenStore;
  readonly #refresh: (refreshToken: string) => Promise<TokensAnswer>;
  /** One at a time, whoever asks: a refresh token works once. */
  #renewing: Promise<Tokens> | undefined;
  /** Whose session it is. In a store that tabs share, another one may have logged in as somebody else. */
  #accountId: string | undefined;

  /** @param refresh - the call to the server */
  constructor(store: TokenStore, refresh: (refreshToken: string) => Promise<TokensAnswer>) {
    this.#store = store;
    this.#refresh = refresh;
  }

  async keep({ tokens }: TokensAnswer, accountId: string): Promise<Tokens> {
    this.#accountId = accountId;
    const renewAt = Date.now() + tokens.expires_in * 1_000 * USED_SHARE;
    const kept = { accountId, accessToken: tokens.access_token, refreshToken: tokens.refresh_token, renewAt };
    await this.#store.save(kept);
    return kept;
  }

  async forget(): Promise<void> {
    const tokens = await this.#store.load();
    if (tokens?.accountId === this.#accountId) await this.#store.save(undefined);
    this.#accountId = undefined;
  }

  /**
   * Tokens of which the access token should be taken.
   *
   * @throws ApiError `UNAUTHENTICATED`, `REFRESH_TOKEN_INVALID` (log in again); whatever keeps them from being renewed
   */
  async tokens(): Promise<Tokens> {
    const tokens = await this.#load();
    return Date.now() < tokens.renewAt ? tokens : this.renew(tokens);
  }

  /**
   * Other tokens than those that were refused, of the same account.
   *
   * @throws ApiError as `tokens` does
   */
  renew(refused: Tokens): Promise<Tokens> {
    this.#renewing ??= this.#renew(refused).finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #renew({ accountId, accessToken }: Tokens): Promise<Tokens> {
    const tokens = await this.#load(accountId);
    // A call that was a little earlier, or another tab, has done it.
    if (tokens.accessToken !== accessToken) return tokens;
    const { refreshToken } = tokens;
    try {
      const answer = await this.#refresh(refreshToken);
      const now = await this.#load(accountId);
      // Another tab was faster, or logged in anew.
      return now.refreshToken === refreshToken ? await this.keep(answer, accountId) : now;
    } catch (error) {
      if (error instanceof ApiError && error.code === "REFRESH_TOKEN_INVALID") await this.forget();
      throw error;
    }
  }

  async #load(accountId = this.#accountId): Promise<Tokens> {
    const tokens = await this.#store.load();
    if (!tokens || tokens.accountId !== (accountId ?? tokens.accountId)) {
      throw new ApiError("UNAUTHENTICATED", 401, ERRORS.UNAUTHENTICATED.message);
    }
    this.#accountId = tokens.accountId;
    return tokens;
  }
}
