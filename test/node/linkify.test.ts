import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linkify } from "../../web/text/linkify.ts";

function linksIn(body: string): string[] {
  return linkify(body).flatMap((part) => (part.kind === "link" ? [part.href] : []));
}

function textOf(body: string): string {
  return linkify(body)
    .map(({ text }) => text)
    .join("");
}

describe("linkify", () => {
  it.each([
    ["see https://a.example/b.", "https://a.example/b"],
    ["(https://a.example/b)", "https://a.example/b"],
    ["https://a.example/b_(c)", "https://a.example/b_(c)"],
    ["www.a.example, yes", "https://www.a.example/"],
    ["HTTPS://A.example", "https://a.example/"],
    ["http://localhost:8787/x", "http://localhost:8787/x"],
    ["https://a.example/?q=1&r=2#s!", "https://a.example/?q=1&r=2#s"],
    ["مرحبا https://a.example/", "https://a.example/"],
  ])("[WEB-3] finds the address in %j", (body, href) => {
    expect(linksIn(body)).toEqual([href]);
  });

  it.each([
    "javascript:alert(1)",
    "JaVaScRiPt://a.example/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "blob:https",
    "https://",
    "http://nodots",
    "mailto:a@b.example",
    "<img src=x onerror=alert(1)>",
    "//a.example",
  ])("[WEB-3] makes no link of %j", (body) => {
    expect(linksIn(body)).toEqual([]);
  });

  it("[WEB-3] keeps the scheme of an address that hides another one", () => {
    expect(linksIn("https://a.example/javascript:alert(1)")).toEqual(["https://a.example/javascript:alert(1)"]);
    expect(linksIn('https://a.example/"onmouseover="alert(1)')).toEqual(["https://a.example/"]);
  });

  it("[WEB-3] neither loses nor adds a character, and links to http and https only", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("https://", "http://", "www.", "javascript:", "a.example", "(", ")", ".", " ", "\n"),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const body = pieces.join("");
        expect(textOf(body)).toBe(body);
        for (const href of linksIn(body)) expect(href).toMatch(/^https?:\/\//);
      }),
    );
  });
});
