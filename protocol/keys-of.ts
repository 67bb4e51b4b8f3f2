/** `Object.keys` that keeps the keys' type: sound for literals, which have no other keys. */
export function keysOf<T extends object>(object: T): (keyof T)[] {
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the one cast; see above
  return Object.keys(object) as (keyof T)[];
}
