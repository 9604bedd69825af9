/** Names that occur in the same events as another name. */
import { namePath } from "../../http/links.ts";
import type { Names } from "../../record/names/read-names.ts";
import { countNames } from "../timeline/facets.tsx";
import type { Selected } from "../timeline/selection.ts";
import { KINDS, kindOf } from "./name-kinds.ts";

const MOST = 10;

/** Returns the names that occur in most of the name's events. */
export function Related({ id, selected, names }: { id: string; selected: readonly Selected[]; names: Names }) {
  const related = [...countNames(selected)]
    .filter(([other]) => other !== id)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST)
    .flatMap(([other, count]) => {
      const record = names.records.get(other);
      return record ? [{ record, count }] : [];
    });
  if (related.length === 0) return null;
  return (
    <section aria-labelledby="related">
      <h2 id="related">Related names</h2>
      <ul class="names">
        {related.map(({ record, count }) => (
          <li>
            <a href={namePath(record.id)}>{record.label}</a>{" "}
            <span class="small quiet">
              {KINDS[kindOf(record)].one.toLowerCase()}, in {count} of {selected.length}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
