/** What the timeline shows, as its address. */
export interface TimelineParams {
  /** A query, canonical wherever a link leads. */
  q?: string | undefined;
  /** `2016-09` or `2016`. */
  month?: string | undefined;
  /** A log entry: only what came onto the wire before it. */
  before?: number | undefined;
  /** Of what these select, counted from 1. */
  page?: number | undefined;
}

/** The path and its parameters, in one order, each only where it says something. */
export function addressOf({ q, month, before, page }: TimelineParams): string {
  const parameters = new URLSearchParams({
    ...(q && { q }),
    ...(month && { month }),
    ...(before !== undefined && { before: String(before) }),
    ...(page !== undefined && page > 1 && { page: String(page) }),
  });
  return parameters.size === 0 ? "/" : `/?${parameters}`;
}
