/** Programs of Debian, which may not be installed. */
import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";

/** Debian's own Python: its packages are not those of another one in the PATH. */
export const PYTHON = "/usr/bin/python3";

export function has(program: string, ...options: string[]): boolean {
  try {
    execFileSync(program, options, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const execute = promisify(execFile);

/** What a program prints; throws with what it says where it fails. */
export async function printed(program: string, options: readonly string[]): Promise<string> {
  const { stdout } = await execute(program, options, { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}
