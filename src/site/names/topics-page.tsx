/** GET /topics: all names on record. */
import type { Handler } from "../../http/context.ts";
import { namePath } from "../../http/links.ts";
import { readRecentHead } from "../../record/log.ts";
import type { NameKind, NameRecord } from "../../record/names/name.ts";
import { readNames } from "../../record/names/read-names.ts";
import { htmlPage } from "../layout.tsx";
import { counted } from "../text-format.ts";
import { countNames } from "../timeline/facets.tsx";
import { selectEvents } from "../timeline/selection.ts";
import { KINDS, kindOf, SHOWN_KINDS, typesInWords } from "./name-kinds.ts";

export const topicsPage: Handler = async (_, { env, settings, origin }) => {
  const head = await readRecentHead(env.DB);
  const names = await readNames(env.DB, head);
  const { events, next } = await selectEvents(env.DB, head, names, undefined);
  const records = [...names.records.values()].sort((a, b) => a.label.localeCompare(b.label, "en"));
  const counts = countNames(events);
  const children = (
    <>
      <h1>Topics, actors and places</h1>
      <p>
        Everything the record covers. Each page has events, spellings and a feed.
        {next !== undefined && ` Counts are for the newest ${events.length} events.`}
      </p>
      {records.length === 0 && <p>No names on record yet.</p>}
      <nav aria-label="On this page">
        <ul class="inline">
          {groupsOf(records).map(({ anchor, title }) => (
            <li>
              <a href={`#${anchor}`}>{title}</a>
            </li>
          ))}
        </ul>
      </nav>
      {SHOWN_KINDS.map((kind) => (
        <Kind kind={kind} records={records.filter((record) => kindOf(record) === kind)} counts={counts} />
      ))}
    </>
  );
  return htmlPage({
    wire: settings.title,
    title: "Topics, actors and places",
    description: "All topics, actors and places on record, with a description and the number of events.",
    url: `${origin}/topics`,
    section: "topics",
    wide: true,
    children,
  });
};

interface Group {
  anchor: string;
  title: string;
  records: readonly NameRecord[];
}

/** Topics as they are. Actors and places are grouped by type, the largest group first. */
function groupsOf(records: readonly NameRecord[]): Group[] {
  return SHOWN_KINDS.flatMap((kind) => {
    const ofKind = records.filter((record) => kindOf(record) === kind);
    if (kind === "topic")
      return ofKind.length === 0 ? [] : [{ anchor: kind, title: KINDS[kind].several, records: ofKind }];
    return [...Map.groupBy(ofKind, ({ type }) => type)]
      .sort(([, a], [, b]) => b.length - a.length)
      .map(([type, ofType]) => ({ anchor: `${kind}-${type}`, title: typesInWords(type), records: ofType }));
  });
}

type Counts = ReadonlyMap<string, number>;

function Kind({ kind, records, counts }: { kind: NameKind; records: readonly NameRecord[]; counts: Counts }) {
  if (records.length === 0) return null;
  return (
    <section aria-labelledby={kind}>
      <h2 id={kind}>{KINDS[kind].several}</h2>
      {groupsOf(records).map(({ anchor, title, records: ofType }) => (
        <>
          {anchor !== kind && <h3 id={anchor}>{title}</h3>}
          <NameList records={ofType} counts={counts} />
        </>
      ))}
    </section>
  );
}

const NameList = ({ records, counts }: { records: readonly NameRecord[]; counts: Counts }) => (
  <ul class="names columns">
    {records.map(({ id, label, description }) => (
      <li>
        <a href={namePath(id)}>{label}</a> <span class="small quiet">{counted(counts.get(id) ?? 0, "event")}</span>
        {description && <p class="small quiet">{description}</p>}
      </li>
    ))}
  </ul>
);
