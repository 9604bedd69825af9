/** Topics, actors and places of the events shown. Each has the number of events that its link shows. */
import type { ParsedQuery } from "../../query/grammar.ts";
import type { NameKind } from "../../record/names/name.ts";
import { labelOf, type Names } from "../../record/names/read-names.ts";
import { KINDS, SHOWN_KINDS } from "../names/name-kinds.ts";
import { narrowed, requires, widened } from "./narrowing.ts";
import { namesIn, type Selected } from "./selection.ts";

/** A name that some of the events have. */
export interface Facet {
  id: string;
  label: string;
  count: number;
  chosen: boolean;
  /** The query of the link: with this name, or without it if it is selected; empty for all events. */
  q: string;
}

/**
 * Returns the names of one kind, selected ones and the most frequent first. Names that would exceed a query's limits
 * are left out.
 */
export function facetsOf(
  counts: ReadonlyMap<string, number>,
  kind: NameKind,
  query: ParsedQuery | undefined,
  names: Names,
): Facet[] {
  return (
    [...counts]
      // The claimant may be someone who is not a name on record.
      .filter(([id]) => id.startsWith(`${kind}:`) && names.records.has(id))
      .map(([id, count]) => ({ id, label: labelOf(names, id), count, chosen: requires(query, id) }))
      .sort((a, b) => Number(b.chosen) - Number(a.chosen) || b.count - a.count || byLabel(a, b))
      .slice(0, MOST)
      .flatMap((facet) => {
        const q = facet.chosen && query ? widened(query, facet.id, names) : narrowed(query, facet.id, names);
        return q === undefined ? [] : [{ ...facet, q }];
      })
  );
}

/** Counts the events with each name. */
export function countNames(selected: readonly Selected[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const each of selected) for (const id of namesIn(each)) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

const { compare } = new Intl.Collator("en");
export const byLabel = (a: { label: string }, b: { label: string }): number => compare(a.label, b.label);

const FIRST = 8;
/** Maximum names of a kind. A long record has hundreds of names with a single event. */
const MOST = 40;

interface FacetsProps {
  selected: readonly Selected[];
  query: ParsedQuery | undefined;
  names: Names;
  /** Returns the address of a query. */
  address: (q: string) => string;
}

export function Facets({ selected, query, names, address }: FacetsProps) {
  const counts = countNames(selected);
  return SHOWN_KINDS.map((kind) => (
    <FacetsOfKind kind={kind} facets={facetsOf(counts, kind, query, names)} address={address} />
  ));
}

interface FacetsOfKindProps extends Pick<FacetsProps, "address"> {
  kind: NameKind;
  facets: readonly Facet[];
}

function FacetsOfKind({ kind, facets, address }: FacetsOfKindProps) {
  if (facets.length === 0) return null;
  const [first, rest] = [facets.slice(0, FIRST), facets.slice(FIRST)];
  return (
    <section aria-labelledby={`facets-${kind}`}>
      <h3 id={`facets-${kind}`}>{KINDS[kind].several}</h3>
      <FacetLinks facets={first} address={address} />
      {rest.length > 0 && (
        <details>
          <summary>
            {rest.length} more<span class="hidden"> {KINDS[kind].several.toLowerCase()}</span>
          </summary>
          <FacetLinks facets={rest} address={address} />
        </details>
      )}
    </section>
  );
}

const FacetLinks = ({ facets, address }: Pick<FacetsOfKindProps, "facets" | "address">) => (
  <ul class="facets">
    {facets.map(({ label, count, chosen, q }) => (
      <li>
        <a href={address(q)} aria-current={chosen ? "true" : undefined}>
          <span>
            {chosen && "✓ "}
            {label}
            {chosen && <span class="hidden">, selected: remove</span>}
          </span>{" "}
          <span class="count">{count}</span>
        </a>
      </li>
    ))}
  </ul>
);
