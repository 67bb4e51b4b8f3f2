/** The strings in use. Another language is chosen here and nowhere else. */
import { en, type Strings } from "./en.ts";

export const t: Strings = en;
