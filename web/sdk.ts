/** The one SDK instance of a page. */
import { createDuet, type Duet } from "../client/index.ts";
import { fetchAhead, openAhead } from "./device/head-start.ts";

let instance: Duet | undefined;

/** Made on first use, because the export renders pages where there is no browser. */
export function duet(): Duet {
  instance ??= createDuet({ fetch: fetchAhead, webSocket: openAhead });
  return instance;
}
