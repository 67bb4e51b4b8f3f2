/** How smoothly ten thousand messages scroll. */
import type { Browser, Page } from "playwright-core";
import type { Figure } from "./figures.ts";
import { giveSession, openPhone, PHONE_CPU, timeToUsable, USABLE } from "./phone.ts";
import { Talk } from "./rhythm.ts";

const MESSAGES = 10_000;
const FRAME_AIM_MS = 50;

interface Scroll {
  /** The longest frame, in milliseconds. */
  longest: number;
  /** Frames over the aim. */
  over: number;
  frames: number;
}

export async function scrollFigures(browser: Browser, url: string, tell: (line: string) => void): Promise<Figure[]> {
  const talk = await Talk.start(url);
  await talk.come();
  await talk.talk({ messages: MESSAGES, gapMs: 0 });
  talk.leave();
  const link = `${url}/demo/chat/user/${talk.hash}`;
  const figures: Figure[] = [];
  for (const [name, cpu] of [
    ["this machine", 1],
    ["a mid-range phone", PHONE_CPU],
  ] as const) {
    const phone = await openPhone(browser, cpu);
    await giveSession(phone, link, "Abhi");
    await timeToUsable(phone.page, link, USABLE.chat);
    await phone.page.waitForTimeout(1_000);
    const loading = await scrollTo(phone.page, "start");
    tell(`up, loading, on ${name}: ${JSON.stringify(loading)}`);
    const loaded = await scrollTo(phone.page, "end");
    tell(`down, all loaded, on ${name}: ${JSON.stringify(loaded)}`);
    figures.push(toFigure(`up through them, loading, on ${name}`, loading));
    figures.push(toFigure(`down again, on ${name}`, loaded));
    await phone.context.close();
  }
  return figures;
}

function toFigure(name: string, { longest, over, frames }: Scroll): Figure {
  return {
    name: `a scroll through ${MESSAGES.toLocaleString("en")} messages: ${name}: longest frame`,
    aim: `≤${FRAME_AIM_MS} ms`,
    value: `${Math.round(longest)} ms (${over} of ${frames.toLocaleString("en")} frames over)`,
    met: over === 0,
  };
}

async function scrollTo(page: Page, where: "start" | "end"): Promise<Scroll> {
  return page.evaluate(scroll, { where, aim: FRAME_AIM_MS, messages: MESSAGES });
}

/** Runs in the page: a hard fling, 12,000 pixels a second at 60 frames, until the first or last message is in sight. */
async function scroll({ where, aim, messages }: { where: "start" | "end"; aim: number; messages: number }) {
  const list = document.querySelector("[role=log]");
  if (!list) throw new Error("There is no list.");
  const gaps: number[] = [];
  const step = where === "start" ? -200 : 200;
  let last = performance.now();
  let still = 0;
  while (still < 60) {
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    gaps.push(now - last);
    last = now;
    const before = list.scrollTop;
    list.scrollBy({ top: step, behavior: "instant" });
    // Above, it may stand still because a page is on its way.
    still = list.scrollTop === before ? still + 1 : 0;
  }
  if (list.scrollHeight < messages * 20) throw new Error("Not every message was loaded.");
  return { longest: Math.max(...gaps), over: gaps.filter((gap) => gap > aim).length, frames: gaps.length };
}
