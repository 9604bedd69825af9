/** What the overview is made of. */
import type { ParsedQuery } from "../../query/grammar.ts";
import type { Names } from "../../record/names.ts";
import type { Bands } from "./bands.ts";
import type { Columns } from "./columns.ts";
import type { Selected } from "./selection.ts";

export interface OverviewProps {
  selected: readonly Selected[];
  /** What selects them. */
  query: ParsedQuery | undefined;
  names: Names;
  /** The month or the year that is chosen: `2016-09`, `2016`. */
  month: string | undefined;
  /** Where a query and a month lead; left out, they are not asked for. */
  address: (to: { q?: string | undefined; month?: string | undefined }) => string;
}

/** What each part of it needs: the same events in the same columns. */
export interface OverviewPartProps extends OverviewProps {
  columns: Columns;
  bands: Bands;
}
