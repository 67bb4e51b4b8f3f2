/**
 * Runs a command that can't outlive whoever started it: `node leash.ts <command> <arguments…>`.
 * The starter holds our stdin open. When it ends, the starter is gone, and our whole process group goes with it.
 */
import { spawn } from "node:child_process";

const [command = "", ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });

child.once("error", (error) => {
  console.error(error.message);
  process.exit(127);
});
child.once("exit", (code) => process.exit(code ?? 1));
process.stdin.resume().once("close", () => process.kill(0, "SIGKILL"));
// The group's signal reaches the command as well: it ends in its own way, and we with it.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => undefined);
