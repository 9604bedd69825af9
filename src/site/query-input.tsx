/** The input for a query. The element with the id `reading` shows how the query was read. */
import { LIMITS } from "../query/grammar.ts";

interface Props {
  /** The text in the input. */
  source: string;
  /** True if the query cannot be read. */
  wrong: boolean;
  /** The id of an additional hint. */
  hint?: string;
}

export const QueryInput = ({ source, wrong, hint }: Props) => (
  <input
    id="q"
    name="q"
    type="search"
    dir="auto"
    value={source}
    maxLength={LIMITS.characters}
    autocomplete="off"
    spellcheck={false}
    placeholder="aleppo ceasefire"
    aria-describedby={hint === undefined ? "reading" : `${hint} reading`}
    aria-invalid={wrong ? "true" : undefined}
  />
);
