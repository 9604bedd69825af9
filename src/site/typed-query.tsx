/** A query as a user typed it, and how it was read, in words. */
import { type ParsedQuery, parseQuery, QueryError } from "../query/grammar.ts";
import { reading } from "../query/reading.ts";
import { warnings } from "../query/warnings.ts";
import { labelOf, type Names } from "../record/names/read-names.ts";

/** A typed query: parsed, or with the reason why it cannot be parsed. An empty one has neither. */
export interface TypedQuery {
  source: string;
  query?: ParsedQuery;
  problem?: string;
  /** Position of the problem in UTF-16 code units from 0; the end of the text if something is missing there. */
  position?: number;
}

/** Parses a typed query. Returns a problem instead of throwing it. */
export function readTyped(source: string, names: Names): TypedQuery {
  if (source.trim() === "") return { source };
  try {
    return { source, query: parseQuery(source, names.vocabulary) };
  } catch (error) {
    if (error instanceof QueryError) return { source, problem: error.message, position: error.position };
    throw error;
  }
}

/** Shows which parts of a query stand for names, and warns about parts that may be misread. */
export function ReadAs({ typed, names }: { typed: TypedQuery; names: Names }) {
  const { source, query, problem, position } = typed;
  if (problem !== undefined) {
    return (
      <>
        <p class="error">{problem}</p>
        {position !== undefined && <Pointed source={source} position={position} />}
      </>
    );
  }
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
              <code>{part.text}</code> is {labelsOf(part.names, names).join(" or ")} in any spelling
            </>
          ))}
          . Put words in quotes to search for them literally.
        </p>
      )}
      {warnings(source, query, names.vocabulary).map((warning) => (
        <p class="warning small">{warning}</p>
      ))}
    </>
  );
}

/** Labels of names, with their kind if they differ in nothing else: Iran (actor), Iran (place). */
function labelsOf(ids: readonly string[], names: Names): string[] {
  const labels = ids.map((id) => labelOf(names, id));
  return ids.map((id, i) => {
    const label = labels[i] ?? id;
    return labels.indexOf(label) === labels.lastIndexOf(label) ? label : `${label} (${id.slice(0, id.indexOf(":"))})`;
  });
}

/** Characters of a long query shown on each side of a problem, in UTF-16 code units. */
const AROUND = 40;

/** Shows the typed query with the wrong character marked. */
function Pointed({ source, position }: { source: string; position: number }) {
  const start = Math.max(0, position - AROUND);
  const character = String.fromCodePoint(source.codePointAt(position) ?? 0x20);
  const after = source.slice(position + character.length);
  return (
    <p class="pointed" aria-hidden="true">
      <code dir="auto">
        {start > 0 && "…"}
        {source.slice(start, position)}
        <mark>{character}</mark>
        {after.slice(0, AROUND)}
        {after.length > AROUND && "…"}
      </code>
    </p>
  );
}
