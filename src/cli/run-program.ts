/** How a program of this folder ends when it fails: one message in words, and exit status 1. */

/** Runs a program's main function. A failure is printed and ends the process. */
export async function runProgram(main: () => void | Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    console.error(describeError(error));
    process.exit(1);
  }
}

/** Returns what went wrong; for a request that could not be made, with the reason. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
