/** Turns a JSON Schema into lines to read: every field with its path, type and limits. */
import * as z from "zod/mini";

const Schema = z.object({
  type: z.optional(z.union([z.string(), z.array(z.string())])),
  properties: z.optional(z.record(z.string(), z.unknown())),
  required: z.optional(z.array(z.string())),
  items: z.optional(z.unknown()),
  anyOf: z.optional(z.array(z.unknown())),
  enum: z.optional(z.array(z.unknown())),
  const: z.optional(z.unknown()),
  pattern: z.optional(z.string()),
  minLength: z.optional(z.number()),
  maxLength: z.optional(z.number()),
});

export interface SchemaField {
  /** `data.users[]` for the entries of a list inside an object. */
  path: string;
  type: string;
  required: boolean;
}

export function fieldsOf(schema: unknown, prefix = ""): SchemaField[] {
  const parsed = Schema.safeParse(schema);
  if (!parsed.success) return [];
  const { properties = {}, required = [] } = parsed.data;
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = prefix + name;
    return [
      { path, type: typeOf(field), required: required.includes(name) },
      ...fieldsOf(field, `${path}.`),
      ...fieldsOf(itemsOf(field), `${path}[].`),
    ];
  });
}

function itemsOf(schema: unknown): unknown {
  const parsed = Schema.safeParse(schema);
  return parsed.success ? parsed.data.items : undefined;
}

function typeOf(schema: unknown): string {
  const parsed = Schema.safeParse(schema);
  if (!parsed.success) return "any";
  const { type, anyOf, enum: choices, const: constant, items, pattern, minLength, maxLength } = parsed.data;
  if (constant !== undefined) return JSON.stringify(constant);
  if (choices !== undefined) return choices.map((choice) => JSON.stringify(choice)).join(" | ");
  if (anyOf !== undefined) return anyOf.map(typeOf).join(" | ");
  if (type === "array") return `array of ${typeOf(items)}`;
  const limits = [
    minLength === undefined ? "" : `at least ${minLength}`,
    maxLength === undefined ? "" : `at most ${maxLength}`,
    pattern ?? "",
  ].filter((limit) => limit !== "");
  const name = Array.isArray(type) ? type.join(" | ") : (type ?? "any");
  return limits.length === 0 ? name : `${name} (${limits.join(", ")})`;
}
