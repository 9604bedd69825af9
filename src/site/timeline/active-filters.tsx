/** The active filters of the timeline, each with a link that removes it. */
import type { ParsedQuery } from "../../query/grammar.ts";
import { labelOf, type Names } from "../../record/names/read-names.ts";
import { inWords } from "./event-period.ts";
import { requiredNames, widened } from "./narrowing.ts";
import { addressOf } from "./timeline-params.ts";

interface ChosenProps {
  query: ParsedQuery | undefined;
  month: string | undefined;
  names: Names;
}

export function ActiveFilters({ query, month, names }: ChosenProps) {
  const ways = [
    ...(query === undefined
      ? []
      : requiredNames(query).flatMap((id) => {
          const q = widened(query, id, names);
          return q === undefined ? [] : [{ label: labelOf(names, id), href: addressOf({ q, month }) }];
        })),
    ...(month === undefined ? [] : [{ label: inWords(month), href: addressOf({ q: query?.canonical }) }]),
  ];
  if (ways.length === 0) return null;
  return (
    <ul class="inline chips" aria-label="Active filters">
      {ways.map(({ label, href }) => (
        <li>
          <a href={href}>
            <span class="hidden">Remove </span>
            {label} <span aria-hidden="true">×</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
