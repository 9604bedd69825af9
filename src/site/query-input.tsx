/** The box in which a query is typed. How it was read stands in the element with the id `reading`. */
import { LIMITS } from "../query/grammar.ts";

interface Props {
  /** What was typed. */
  source: string;
  /** Whether something is wrong with it. */
  wrong: boolean;
  /** The id of a hint beside it. */
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
