/** One line in the logs that can be alerted on. */
export function report(event: string, details: Record<string, unknown>): void {
  console.error(JSON.stringify({ level: "error", event, ...details }));
}
