/** What the overview is made from. */
import type { ParsedQuery } from "../../query/grammar.ts";
import type { Names } from "../../record/names/read-names.ts";
import type { Bands } from "./bands.ts";
import type { Columns } from "./columns.ts";
import type { Selected } from "./selection.ts";

export interface OverviewProps {
  selected: readonly Selected[];
  /** The query that selects the events. */
  query: ParsedQuery | undefined;
  names: Names;
  /** The selected month or year: `2016-09`, `2016`. */
  month: string | undefined;
  /** Returns the address of a query and a month; either may be left out. */
  address: (to: { q?: string | undefined; month?: string | undefined }) => string;
}

/** What each part of the overview needs: the same events in the same columns. */
export interface OverviewPartProps extends OverviewProps {
  columns: Columns;
  bands: Bands;
}
