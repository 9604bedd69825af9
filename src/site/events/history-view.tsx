/** The history of an event: when it was revised, and what changed. */
import type { ComponentChildren } from "preact";
import { Foreign } from "../../feeds/item-html.tsx";
import type { EventHistory } from "../../record/events/event-history.ts";
import { claimant } from "../../record/events/event-text.ts";
import { labelOf, type Names } from "../../record/names/read-names.ts";
import { Moment } from "../moment.tsx";
import { Added, type Compare, Difference, makeCompare, Removed } from "./difference.tsx";
import { type Step, stepsOf } from "./history.ts";
import type { RevisionChange } from "./revision-changes.ts";

/** What is needed to describe changes: the articles' titles and a function that compares texts. */
export interface ChangeContext {
  names: Names;
  sources: EventHistory["sources"];
  compare: Compare;
}

/** The history, with its heading. Nothing if the event was never changed. */
export function HistoryView({ history, names }: { history: EventHistory; names: Names }) {
  const steps = stepsOf(history);
  if (steps.length < 2) return null;
  const newest = steps.findIndex(({ changes }) => changes.length > 0);
  const telling = { names, sources: history.sources, compare: makeCompare() };
  return (
    <section class="history" aria-labelledby="history">
      <h2 id="history">Corrections</h2>
      <ol>
        {steps.map((step, i) => (
          <li>
            <StepView step={step} open={i === newest} telling={telling} />
          </li>
        ))}
      </ol>
      {(history.revisions.at(-1)?.revision ?? 1) > 1 && <p class="small quiet">Older revisions are not shown.</p>}
    </section>
  );
}

function StepView({ step, open, telling }: { step: Step; open: boolean; telling: ChangeContext }) {
  const { at, what, revision, reason, source, changes } = step;
  const head = (
    <>
      <strong>{what}</strong>, <Moment at={at} />
      {revision !== undefined && <span class="quiet"> (revision {revision})</span>}
    </>
  );
  const told = (
    <>
      {reason !== undefined && <p dir="auto">Reason: {reason}</p>}
      {source !== undefined && <SourceTitle id={source.id} telling={telling} />}
    </>
  );
  if (changes.length === 0) {
    const isUnchanged = revision !== undefined && revision > 1 && reason === undefined;
    return (
      <>
        <p>{head}</p>
        {told}
        {isUnchanged && <p class="small quiet">The text did not change.</p>}
      </>
    );
  }
  return (
    <>
      {told}
      <details open={open}>
        <summary>
          {head}: <span class="quiet">{[...new Set(changes.map(({ part }) => part))].join(", ")}</span>
        </summary>
        <ChangeList changes={changes} telling={telling} />
      </details>
    </>
  );
}

/** The changes, one for each part of the event. */
export const ChangeList = ({ changes, telling }: { changes: readonly RevisionChange[]; telling: ChangeContext }) => (
  <dl>
    {changes.map((change) => (
      <>
        <dt>{change.kind === "claim" ? `claim by ${claimant(telling.names, change.by)}` : change.part}</dt>
        <dd>
          <ChangeView change={change} telling={telling} />
        </dd>
      </>
    ))}
  </dl>
);

function ChangeView({ change, telling }: { change: RevisionChange; telling: ChangeContext }) {
  const { names, compare } = telling;
  switch (change.kind) {
    case "text":
      return <Difference stretches={compare(change.before, change.after)} />;
    case "claim":
      return <Difference stretches={compare(change.before ?? "", change.after ?? "")} />;
    case "names":
      return <ListChange {...change} label={(id) => labelOf(names, id)} />;
    case "articles":
      return <ListChange {...change} label={(id) => <SourceTitle id={id} telling={telling} />} />;
  }
}

function ListChange({
  removed,
  added,
  label,
}: {
  removed: readonly string[];
  added: readonly string[];
  label: (id: string) => ComponentChildren;
}) {
  if (removed.length + added.length === 0) return <p>Order changed.</p>;
  return (
    <ul>
      {removed.map((id) => (
        <li>
          <Removed>{label(id)}</Removed>
        </li>
      ))}
      {added.map((id) => (
        <li>
          <Added>{label(id)}</Added>
        </li>
      ))}
    </ul>
  );
}

/** An article's title, or its id if it is no longer on record. */
function SourceTitle({ id, telling: { sources } }: { id: string; telling: ChangeContext }) {
  const source = sources.get(id);
  return source === undefined ? id : <Foreign language={source.language}>{source.title}</Foreign>;
}
