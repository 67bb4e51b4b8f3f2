/** What Linux tells of a process: its CPU time and its memory. */
import { readdir, readFile } from "node:fs/promises";

/** Of Linux, for all its ports: the unit of CPU times below /proc. */
const TICKS_PER_SECOND = 100;

/** Seconds of CPU time that a process, all threads of it, has used. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // The name, in brackets, may hold spaces. After it: state, ppid, pgrp, … and utime, stime as the 12th and 13th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Bytes of a process that are in memory. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

/**
 * Finds the workerd that listens on a port.
 *
 * @throws Error when there is none
 */
export async function findWorkerd(port: number): Promise<number> {
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const [command = "", ...args] = await readFile(`/proc/${entry}/cmdline`, "utf8").then(
      (text) => text.split("\0"),
      () => [],
    );
    if (command.endsWith("/workerd") && args.includes(`--socket-addr=http=127.0.0.1:${port}`)) return Number(entry);
  }
  throw new Error(`No workerd serves port ${port}.`);
}
