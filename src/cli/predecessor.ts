/** Ends the workerd of a start that was killed, so that two of them never run on the same state. */
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

/** Time for a process to end by itself, in tenths of a second. A start whose npm was killed ends within a second. */
const PATIENCE = 30;

/**
 * Ends the processes that workerd.sh wrote into a file, if the one that started them is gone. Throws if it still runs: two
 * starts must not share a state.
 */
export async function endPredecessor(pidFile: string): Promise<void> {
  const [owner, ...children] = readPids(pidFile);
  if (owner === undefined) return;
  if (!(await ends([owner]))) throw new Error(`Parley is running on this state already, as process ${owner}`);
  for (const pid of children) if (isOurs(pid)) process.kill(pid, "SIGKILL");
  await ends(children);
  rmSync(pidFile, { force: true });
}

/** Waits until all processes have ended. Returns false if one still runs after the time that it has. */
async function ends(pids: readonly number[]): Promise<boolean> {
  for (let tries = 0; tries < PATIENCE && pids.some(isOurs); tries++) await wait(100);
  return !pids.some(isOurs);
}

function readPids(file: string): number[] {
  try {
    return readFileSync(file, "utf8").split(" ").map(Number);
  } catch {
    return [];
  }
}

/** Whether a process runs and belongs to Parley. Its number may have been reused by another program. */
function isOurs(pid: number): boolean {
  try {
    return /workerd|cli.start\.ts/.test(commandOf(pid));
  } catch {
    return false;
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return execFileSync("ps", ["-p", String(pid), "-o", "command="], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  }
}
