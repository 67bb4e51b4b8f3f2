/**
 * The session cookies of a client outside a browser. In a browser `set-cookie` can't be read, so the jar stays empty
 * and the browser does its own.
 */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  /** Takes over what an answer sets. All of Duet's cookies are for the whole origin, so paths don't matter. */
  store(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
      const [name = "", ...value] = pair.split("=");
      if (attributes.some(hasExpired)) this.#cookies.delete(name);
      else this.#cookies.set(name, value.join("="));
    }
  }

  /** Headers to send: none when there is nothing to say. */
  headers(): Record<string, string> {
    if (this.#cookies.size === 0) return {};
    return { cookie: Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join("; ") };
  }
}

function hasExpired(attribute: string): boolean {
  const [name = "", value = ""] = attribute.split("=");
  switch (name.toLowerCase()) {
    case "max-age":
      return Number(value) <= 0;
    case "expires":
      return Date.parse(value) <= Date.now();
    default:
      return false;
  }
}
