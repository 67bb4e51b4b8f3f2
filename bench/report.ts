/** docs/PERFORMANCE.md: written by the benchmark, from start to end but for the part that people write. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { arch, cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { ROOT } from "../dev/paths.ts";
import type { Figure, Findings, Plot } from "./figures.ts";
import { renderPlot } from "./plot.ts";

const REPORT = join(ROOT, "docs", "PERFORMANCE.md");
const PLOTS = join(ROOT, "docs", "performance");
/** What stands below this heading is written by people, and kept. */
const KEPT_FROM = "## What each change gave";

const Package = z.object({ version: z.string() });

interface Result {
  title: string;
  findings: Findings;
}

/** @param seconds - that it took */
export async function writeReport(results: readonly Result[], seconds: number): Promise<void> {
  const { markdown, plots } = makeReport(results, seconds, await machine());
  const before = await readFile(REPORT, "utf8").catch(() => "");
  const kept = before.indexOf(KEPT_FROM);
  await rm(PLOTS, { recursive: true, force: true });
  await mkdir(PLOTS, { recursive: true });
  for (const plot of plots) await writeFile(join(PLOTS, `${plot.file}.svg`), renderPlot(plot));
  await writeFile(REPORT, `${markdown}\n${kept === -1 ? `${KEPT_FROM}\n` : before.slice(kept)}`);
}

/** @param machine - lines on what it ran on */
export function makeReport(
  results: readonly Result[],
  seconds: number,
  machine: readonly string[] = [],
): { markdown: string; plots: Plot[] } {
  const figures = results.flatMap(({ findings }) => findings.figures);
  const lines = [
    "# Performance",
    "",
    `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}, in ${Math.ceil(seconds / 60)} minutes. Contestants ran`,
    "alternately in the same run; a ratio is the median over its rounds, with the lowest and the highest in brackets.",
    "",
    "| figure | aim | measured | met |",
    "|---|---|---|---|",
    ...figures.map(toRow),
    "",
    "## On what",
    "",
    ...machine.map((line) => `- ${line}`),
    "",
    ...results.flatMap(toSection),
  ];
  return { markdown: lines.join("\n"), plots: results.flatMap(({ findings }) => findings.plots ?? []) };
}

function toRow({ name, aim, value, met }: Figure): string {
  return `| ${name} | ${aim} | ${value} | ${met === undefined ? "–" : met ? "yes" : "**no**"} |`;
}

function toSection({ title, findings: { notes = [], plots = [] } }: Result): string[] {
  if (notes.length + plots.length === 0) return [];
  const pictures = plots.map(({ title, file }) => `![${title}](performance/${file}.svg)`);
  return [`## ${title}`, "", ...[...notes, ...pictures].flatMap((part) => [part, ""])];
}

async function machine(): Promise<string[]> {
  const [cpu] = cpus();
  const packages = ["workerd", "wrangler", "playwright-core", "socket.io", "pg", "ws"];
  const versions = await Promise.all(packages.map(async (name) => `${name} ${await versionOf(name)}`));
  return [
    `${cpus().length} cores (${cpu?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()} ${arch()}`,
    `Node ${process.versions.node}, ${versions.join(", ")}`,
    "Duet archives to this machine's Postgres, whose commits do not wait for the disk there: a hosted one has a disk of its own. Socket.IO acknowledges after a full commit.",
    "Server and load share these cores: a figure here is not what Cloudflare's machines would give. Ratios are the point.",
  ];
}

async function versionOf(name: string): Promise<string> {
  const text = await readFile(join(ROOT, "node_modules", name, "package.json"), "utf8");
  return Package.parse(JSON.parse(text)).version;
}
