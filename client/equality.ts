/** Shallow comparisons: what stayed the same keeps its object, and whoever shows it has nothing to do. */

export function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/** Whether `a` has every field of `b`, with the same value. */
export function hasFields(a: object, b: object): boolean {
  const fields = new Map<string, unknown>(Object.entries(a));
  return Object.entries(b).every(([name, value]) => fields.get(name) === value);
}
