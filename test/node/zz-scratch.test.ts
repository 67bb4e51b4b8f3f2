import { expect, it } from "vitest";
console.warn("TOPLEVEL");
await new Promise(r=>setTimeout(r,300));
process.stderr.write("RAWSTDERR\n");
it("a", () => { console.warn("INTEST"); expect(1).toBe(1); });
