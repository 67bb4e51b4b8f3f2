/** Signed tokens of any kind. What tells one kind from another is the audience. */
import { errors as joseErrors, type JWTPayload, jwtVerify, SignJWT } from "jose";

const ISSUER = "duet";
const SECRET_MIN_LENGTH = 32;

/** `SESSION_SECRET` may hold several, separated by commas: the first signs, all verify, so that it can be changed. */
function secrets(env: Env): Uint8Array[] {
  const texts = env.SESSION_SECRET.split(",").map((text) => text.trim());
  if (texts.some((text) => text.length < SECRET_MIN_LENGTH)) throw new Error("SESSION_SECRET is too short.");
  return texts.map((text) => new TextEncoder().encode(text));
}

/**
 * @param claims - beyond issuer and time of issue
 * @param expires - seconds since 1970
 */
export async function signToken(env: Env, claims: JWTPayload & { aud: string }, expires: number): Promise<string> {
  const [secret] = secrets(env);
  if (!secret) throw new Error("SESSION_SECRET is missing.");
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer(ISSUER)
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(secret);
}

/** @returns the claims of a token that is genuine, meant for `audience`, and has not run out */
export async function verifyToken(env: Env, token: string, audience: string): Promise<JWTPayload | undefined> {
  for (const secret of secrets(env)) {
    try {
      return (await jwtVerify(token, secret, { algorithms: ["HS256"], issuer: ISSUER, audience })).payload;
    } catch (error) {
      if (!(error instanceof joseErrors.JOSEError)) throw error;
    }
  }
  return undefined;
}
