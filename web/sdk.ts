/** The one SDK instance of a page. */
import { createDuet, type Duet } from "../client/index.ts";

let instance: Duet | undefined;

/** Made on first use, because the export renders pages where there is no browser. */
export function duet(): Duet {
  instance ??= createDuet();
  return instance;
}
