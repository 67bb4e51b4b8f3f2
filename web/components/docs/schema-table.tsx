import { enDocs as text } from "../../strings/en-docs.ts";
import { fieldsOf } from "./schema-fields.ts";

export function SchemaTable({ schema }: { schema: unknown }) {
  return (
    <ul className="grid gap-1.5 text-sm">
      {fieldsOf(schema).map(({ path, type, required }) => (
        <li key={path} className="flex flex-wrap gap-x-2 [overflow-wrap:anywhere]">
          <code className="font-mono text-xs leading-5 font-bold">{path}</code>
          <span className="font-mono text-xs leading-5 text-muted">{type}</span>
          {!required && <span className="text-xs leading-5 text-muted">{text.optional}</span>}
        </li>
      ))}
    </ul>
  );
}
