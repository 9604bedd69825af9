/** How a query was read, in words: shown wherever one is typed. */

import { Problem } from "../problem.ts";
import type { ParsedQuery } from "../query/grammar.ts";
import { reading } from "../query/reading.ts";
import { warnings } from "../query/warnings.ts";
import { labelOf, type Names } from "../record/names.ts";
import { readQuery } from "../record/query.ts";

/** A query as it was typed: read, or what is wrong with it; neither where nothing was typed. */
export interface Typed {
  source: string;
  query?: ParsedQuery;
  problem?: string;
}

/** Reads what was typed. What is wrong with it is told rather than thrown. */
export function readTyped(source: string, names: Names): Typed {
  if (source.trim() === "") return { source };
  try {
    return { source, query: readQuery(source, names, "q") };
  } catch (error) {
    if (error instanceof Problem) return { source, problem: error.errors[0]?.message ?? error.message };
    throw error;
  }
}

/** What of it stands for names, and what may not be as it was meant: `aleppo` is Aleppo in any spelling. */
export function ReadAs({ typed: { source, query, problem }, names }: { typed: Typed; names: Names }) {
  if (problem !== undefined) return <p class="error">{problem}</p>;
  if (query === undefined) return null;
  const named = reading(query.tree).filter((part) => part.names.length > 0);
  return (
    <>
      {named.length > 0 && (
        <p class="small quiet">
          Read as:{" "}
          {named.map((part, i) => (
            <>
              {i > 0 && "; "}
              <code>{part.text}</code> is {part.names.map((id) => labelOf(names, id)).join(" or ")} in any spelling
            </>
          ))}
          . Put words in quotes to look for them literally.
        </p>
      )}
      {warnings(source, query, names.vocabulary).map((warning) => (
        <p class="warning small">{warning}</p>
      ))}
    </>
  );
}
