/** The pages against their attackers, in a real browser (guarantees S5, S9, S10). */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { createDuet } from "../../client/index.ts";
import { ROOT } from "../../dev/paths.ts";
import { useSite } from "./site.ts";
import { stepIn } from "./step-in.ts";
import { join } from "./two-people.ts";
import { openTrappedContext, type Traps } from "./traps.ts";
import { BODIES, NAMES } from "./xss-corpus.ts";

const site = useSite({ EVENT_BURST: "1000", REGISTRATIONS_PER_MINUTE: "1000", LOGINS_PER_MINUTE: "1000" });

async function register(userOne: string, userTwo: string) {
  return createDuet({ baseUrl: site.stack.url }).register({ userOne, userTwo });
}

describe("text that people write", () => {
  it("[S9] runs in no message: over a hundred vectors, in a list that was read to its beginning", async () => {
    expect(BODIES.length).toBeGreaterThanOrEqual(100);
    const { context, traps } = await openTrappedContext(site.browser);
    const { hash, link } = await register("Abhi", "Anny");
    const anny = await join(site.stack.url, hash, "Anny");
    const page = await stepIn(context, link, "Abhi");
    for (const body of BODIES) anny.conversation.send(body);
    await anny.until(({ messages }) => messages.every(({ seq }) => seq !== undefined), 60_000);
    anny.conversation.send("the end", { replyTo: 1 });
    const log = page.getByRole("log");
    await log.getByText("the end", { exact: true }).waitFor();

    await log.hover();
    const seen = new Set<string>();
    const protocols = new Set<string>();
    const unseen = () => BODIES.filter((body) => ![...seen].some((text) => text.includes(body)));
    // Up to the first, and down again for what moved out of sight when a page came; and so on.
    let isUpwards = true;
    const deadline = performance.now() + 90_000;
    while (unseen().length > 0 && performance.now() < deadline) {
      const texts = await log.getByRole("article").locator("p").allTextContents();
      for (const text of texts) seen.add(text);
      const links = await log
        .locator("a[href]")
        .evaluateAll((found) =>
          found.map((element) => [element.getAttribute("href") ?? "", element.getAttribute("rel") ?? ""]),
        );
      for (const [href = "", rel] of links) {
        protocols.add(new URL(href, site.stack.url).protocol);
        expect(rel).toBe("noopener noreferrer");
      }
      if (texts.includes(BODIES[0] ?? "")) isUpwards = false;
      if (texts.includes("the end")) isUpwards = true;
      await log.evaluate(scrollBy, isUpwards ? -300 : 300);
    }
    expect(unseen()).toEqual([]);
    expect([...protocols].toSorted()).toEqual(["http:", "https:"]);
    expect(traps).toEqual({ executed: [], violations: [] });
    anny.conversation.close();
    await context.close();
  });

  it("[S9] runs in no name: in the pages that ask, greet, title, quote and say goodbye", async () => {
    const { context, traps } = await openTrappedContext(site.browser);
    for (let index = 0; index < NAMES.length; index += 2) {
      const [one = "", two = ""] = NAMES.slice(index, index + 2);
      const { hash, link } = await register(one, two);
      const other = await join(site.stack.url, hash, two);
      const page = await stepIn(context, link, one);
      other.conversation.send("hello");
      other.conversation.setTyping(true);
      await page.getByRole("log").getByText("hello", { exact: true }).waitFor();
      expect(await page.locator("header").first().textContent()).toContain(two);
      await other.duet.endChat(hash);
      await page.getByRole("heading", { name: "This chat is over" }).waitFor();
      await page.goto(site.stack.url);
      await page.close();
      other.conversation.close();
    }
    expect(traps).toEqual({ executed: [], violations: [] });
    await context.close();
  });

  it("[S9] runs in no address, and no answer of the API is read as a page", async () => {
    const { context, traps } = await openTrappedContext(site.browser);
    const { hash } = await register("<script>alert(1)</script>", "<svg onload=alert(1)>");
    const page = await context.newPage();
    const payloads = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)"];
    for (const payload of payloads) {
      const text = encodeURIComponent(payload);
      for (const address of [
        `/demo/chat/user/${text}`,
        `/?${text}#${text}`,
        `/nowhere/${text}`,
        `/chat-server/${text}`,
      ]) {
        await page.goto(site.stack.url + address);
      }
    }
    await page.goto(`${site.stack.url}/chat-server/user/${hash}`);
    expect(await page.locator("script, svg").count()).toBe(0);
    expect(traps.executed).toEqual([]);
    await context.close();
  });

  it("[S9] control: put in as markup the vectors do run, and with the policy they don't even then", async () => {
    const inject = async ({ bypassCSP, isOver }: { bypassCSP: boolean; isOver: (traps: Traps) => boolean }) => {
      const { context, traps } = await openTrappedContext(site.browser, { bypassCSP });
      const page = await context.newPage();
      await page.goto(`${site.stack.url}/demo/chat`);
      await page.evaluate(
        (vectors) => {
          for (const vector of vectors) document.body.insertAdjacentHTML("beforeend", vector);
        },
        BODIES.filter((body) => !/http-equiv|<base|<form/.test(body)),
      );
      await expect.poll(() => isOver(traps)).toBe(true);
      // And whatever else is to come.
      await page.waitForTimeout(1_000);
      await context.close();
      return traps;
    };
    await inject({ bypassCSP: true, isOver: ({ executed }) => executed.length > 15 });
    const guarded = await inject({ bypassCSP: false, isOver: ({ violations }) => violations.length > 15 });
    expect(guarded.executed).toEqual([]);
  });
});

it("[S5] no request that a chat's page makes, and no link that is followed from it, carries a Referer", async () => {
  const visitors: IncomingHttpHeaders[] = [];
  // Another host, not only another port: cookies know no ports.
  const elsewhere = createServer((request, response) => {
    if (request.url === "/elsewhere") visitors.push(request.headers);
    response.end("Hello");
  }).listen(0, "127.0.0.1");
  await once(elsewhere, "listening");
  const address = elsewhere.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const { context } = await openTrappedContext(site.browser);
  const referers: string[] = [];
  context.on("request", (request) => {
    if (!request.url().startsWith(site.stack.url)) return;
    void request
      .allHeaders()
      .then(({ referer }) => referer !== undefined && referers.push(`${request.url()} ${referer}`));
  });
  const { hash, link } = await register("Abhi", "Anny");
  const anny = await join(site.stack.url, hash, "Anny");
  const page = await stepIn(context, link, "Abhi");
  anny.conversation.send(`look: http://localhost:${port}/elsewhere`);
  const popup = context.waitForEvent("page");
  await page.getByRole("log").getByRole("link").click();
  await (await popup).waitForLoadState();
  await expect.poll(() => visitors).toHaveLength(1);
  expect(visitors.map(({ referer, origin }) => [referer, origin])).toEqual([[undefined, undefined]]);
  expect(JSON.stringify(visitors)).not.toContain(hash);
  expect(referers).toEqual([]);
  anny.conversation.close();
  await context.close();
  elsewhere.close();
});

describe("the policy", () => {
  it("[S10] of every page allows exactly its own inline scripts, and no objects, bases or frames", async () => {
    const { hash } = await register("Abhi", "Anny");
    const pages = ["/", "/demo/chat", "/demo/chat/register", "/demo/chatapp/register", `/demo/chat/user/${hash}`];
    for (const page of [
      ...pages,
      "/blog/section/project/article/chatapp",
      "/chat-server/docs",
      "/docs",
      "/verify-email",
      "/nowhere",
    ]) {
      const answer = await fetch(site.stack.url + page);
      const html = await answer.text();
      const policy = directives(answer.headers.get("Content-Security-Policy") ?? "");
      const inline = Array.from(
        html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g),
        ([, attributes = "", text = ""]) =>
          attributes.includes("src=") ? [] : [`'sha256-${createHash("sha256").update(text).digest("base64")}'`],
      ).flat();
      expect(inline.length).toBeGreaterThan(0);
      expect(new Set(policy.get("script-src"))).toEqual(new Set(["'self'", ...inline]));
      for (const name of ["object-src", "base-uri", "frame-ancestors"]) expect(policy.get(name)).toEqual(["'none'"]);
      expect(policy.get("default-src")).toEqual(["'self'"]);
      expect(policy.get("form-action")).toEqual(["'self'"]);
      expect([...policy.values()].flat().join(" ")).not.toMatch(/unsafe|\*|https?:/);
      expect(html).not.toMatch(/<[^>]+\son[a-z]+=["']/);
    }
  });

  const DRIFTS: [name: string, file: string, change: (text: string) => string][] = [
    ["nothing changed", "index.html", (text) => text],
    ["another inline script", "index.html", (text) => text.replace("</body>", "<script>1</script></body>")],
    ["a changed inline script", "demo/chat/user.html", (text) => text.replace(/(<script>)([^<])/, "$1 $2")],
    ["an event handler", "docs.html", (text) => text.replace("<body", '<body onload="alert(1)"')],
    ["an inline style", "404.html", (text) => text.replace("<main", '<main style="color:red"')],
    ["a hash less", "_headers", (text) => text.replace(/ 'sha256-[^']+'/, "")],
    ["unsafe-inline", "_headers", (text) => text.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")],
    ["no policy", "_headers", (text) => text.replace(/\n {2}Content-Security-Policy: .*/, "")],
  ];

  it.each(DRIFTS)("[S10] and the export are checked against each other: %s", async (name, file, change) => {
    const copy = await mkdtemp(path.join(tmpdir(), "duet-export-"));
    for (const folder of ["out", "scripts"])
      await cp(path.join(ROOT, "web", folder), path.join(copy, folder), { recursive: true });
    const target = path.join(copy, "out", file);
    const before = await readFile(target, "utf8");
    await writeFile(target, change(before));
    expect(change(before) === before).toBe(name === "nothing changed");
    const checked = await promisify(execFile)(process.execPath, [path.join(copy, "scripts/check-headers.ts")]).then(
      () => "passed",
      () => "failed",
    );
    await rm(copy, { recursive: true });
    expect(checked).toBe(name === "nothing changed" ? "passed" : "failed");
  });
});

function directives(policy: string): Map<string, string[]> {
  return new Map(
    policy.split("; ").map((directive): [string, string[]] => {
      const [name = "", ...sources] = directive.trim().split(/\s+/);
      return [name, sources];
    }),
  );
}

/** Runs in the page. Resolves when it has been painted. */
function scrollBy(element: Element, top: number): Promise<void> {
  element.scrollBy({ top, behavior: "instant" });
  return new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
  });
}
