/** The parameters of the timeline and their address. */
export interface TimelineParams {
  /** A query, in canonical form in links. */
  q?: string | undefined;
  /** `2016-09` or `2016`. */
  month?: string | undefined;
  /** A log entry: only events that came onto the wire before it. */
  before?: number | undefined;
  /** The page of the selected events, from 1. */
  page?: number | undefined;
}

/** Returns the path with its parameters in a fixed order; parameters with their default value are left out. */
export function addressOf({ q, month, before, page }: TimelineParams): string {
  const parameters = new URLSearchParams({
    ...(q && { q }),
    ...(month && { month }),
    ...(before !== undefined && { before: String(before) }),
    ...(page !== undefined && page > 1 && { page: String(page) }),
  });
  return parameters.size === 0 ? "/" : `/?${parameters}`;
}
