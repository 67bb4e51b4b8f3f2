/** A town of accounts, each with three devices, under faults of all kinds: in the end everybody agrees. */
import { expect, it } from "vitest";
import { hurryClients, useGround } from "./ground.ts";
import { chooseSeed } from "./random.ts";
import { playScenario } from "./scenario.ts";

const seed = chooseSeed("scenario");
const ground = useGround();
// Sixty of them, who share two cores with the Worker that they wait for.
hurryClients(0.1);

it("[D1] [D5] [D6] 20 accounts with 3 devices each, in groups, rooms and pairs, under cuts and kills: one view for all", async () => {
  const played = await playScenario(ground.stack, ground.directory, { seed, steps: 800, settleMs: 120_000 });
  console.log(`scenario: ${JSON.stringify(played)}`);
  expect(played.difference).toBeUndefined();
  expect(played.kills).toBeGreaterThan(0);
  expect(played.removals).toBeGreaterThan(5);
  expect(played.events).toBeGreaterThan(250);
}, 300_000);
