/** Links to the events before and after, and to related ones. */
import { dateInWords } from "../../feeds/event-dates.ts";
import type { Neighbour, Neighbours } from "../../record/events/event-neighbours.ts";
import { labelOf, type Names } from "../../record/names/read-names.ts";

export function NeighboursView({ neighbours, names }: { neighbours: Neighbours; names: Names }) {
  const { before, after, related } = neighbours;
  if (before.length + after.length + related.length === 0) return null;
  return (
    <nav class="neighbours unprinted" aria-labelledby="neighbours">
      <h2 id="neighbours">Before and after</h2>
      <div>
        <Group id="before" title="Before" events={before} />
        <Group id="after" title="After" events={after} />
        {related.length > 0 && (
          <section aria-labelledby="related">
            <h3 id="related">Related</h3>
            <ul>
              {related.map(({ shared, ...event }) => (
                <li>
                  <EventLink {...event} />
                  <p class="small quiet">{shared.map((id) => labelOf(names, id)).join(", ")}</p>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </nav>
  );
}

function Group({ id, title, events }: { id: string; title: string; events: readonly Neighbour[] }) {
  if (events.length === 0) return null;
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      <ul>
        {events.map((event) => (
          <li>
            <EventLink {...event} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const EventLink = ({ id, title, ...dated }: Neighbour) => (
  <>
    <p class="small quiet">
      <time dateTime={dated.date}>{dateInWords(dated)}</time>
    </p>
    <a href={`/events/${id}`} dir="auto">
      {title}
    </a>
  </>
);
