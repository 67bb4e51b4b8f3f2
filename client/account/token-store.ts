/** Where the tokens of a session are kept. */
export interface Tokens {
  accountId: string;
  accessToken: string;
  refreshToken: string;
  /** Milliseconds since 1970 from which on the access token is exchanged before it is used. */
  renewAt: number;
}

/** Asked each time, so that the tabs of a browser may share one. */
export interface TokenStore {
  load(): Promise<Tokens | undefined>;
  /** @param tokens - undefined: forget them */
  save(tokens: Tokens | undefined): Promise<void>;
}

/** Keeps tokens as long as the process lives. */
export function memoryTokens(): TokenStore {
  let kept: Tokens | undefined;
  return {
    async load() {
      return kept;
    },
    async save(tokens) {
      kept = tokens;
    },
  };
}
