/** Where things are, as absolute paths. */
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "..");
/** State of `npm start`, build stamps and logs. Deleting it starts anew. */
export const LOCAL = join(ROOT, ".local");
export const WEB_OUT = join(ROOT, "web", "out");
