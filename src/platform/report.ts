/** One line in the logs that can be alerted on. */
export function report(event: string, details: Record<string, unknown>): void {
  console.error(JSON.stringify({ level: "error", event, ...details }));
}

/** An error as a log may tell it: what could not be parsed is not quoted, since it may be a row with a secret. */
export const inLog = (error: unknown): string =>
  error instanceof SyntaxError ? "SyntaxError: a row cannot be parsed" : String(error);
