/** Adding and correcting an event: edit, preview, then publish. */

import { MAX_BODY, publish, readVocabulary, retract } from "../../curation/record-changes.ts";
import type { Context, Handler } from "../../http/context.ts";
import { inputErrors, readParameter } from "../../http/input.ts";
import { badRequest, type InputError, notFound, Problem } from "../../http/problem.ts";
import { readArticles } from "../../record/articles/read-articles.ts";
import { draftEvent } from "../../record/events/draft-event.ts";
import { retraction } from "../../record/events/event.ts";
import { readRevision } from "../../record/events/event-history.ts";
import { readEvent, type SourcedEvent } from "../../record/events/read-events.ts";
import { slug } from "../../record/fields.ts";
import { NEWEST } from "../../record/log.ts";
import { errorsOf, readForm } from "../form.tsx";
import { type Editing, EventEditor } from "./event-editor.tsx";
import { eventTyped, readEventForm, suggestId } from "./event-input.ts";
import { lineOf, type Typed } from "./fields.tsx";
import { curatorsPage, SAME, seeOther } from "./page.tsx";

/** Number of articles offered as sources. */
const NEWEST_ARTICLES = 20;

const DONE: ReadonlyMap<string | null, string> = new Map([
  ["created", "The event was published."],
  ["corrected", "The event was corrected."],
  ["same", SAME],
]);

/** GET /curate/events. Each `?article=` is an article on which the event is based. */
export const newEventPage: Handler = (_, context) => {
  const articles = context.url.searchParams.getAll("article");
  return show(context, { typed: new URLSearchParams({ articles: articles.join("\n") }) });
};

/** POST /curate/events: adds the event with `step=publish`; otherwise previews it. */
export const postNewEvent: Handler = async (request, context) => {
  const typed = await readForm(request, MAX_BODY);
  if (lineOf(typed, "id") === undefined) typed.set("id", suggestId(typed) ?? "");
  return takeForm(context, typed, undefined, () => {
    const id = slug.safeParse(lineOf(typed, "id") ?? "");
    if (id.success) return id.data;
    throw badRequest([{ path: "id", message: id.error.issues[0]?.message ?? "malformed" }]);
  });
};

/** GET /curate/events/{id} */
export const eventDeskPage: Handler = async (_, context) => {
  const old = await requireEvent(context);
  return show(context, {
    old,
    typed: eventTyped(old),
    done: DONE.get(readParameter(context.url.searchParams, "done")),
  });
};

/** POST /curate/events/{id}: corrects the event, in the same steps. */
export const postEventForm: Handler = async (request, context) => {
  const typed = await readForm(request, MAX_BODY);
  const old = await requireEvent(context);
  return takeForm(context, typed, old, () => old.id);
};

/** POST /curate/events/{id}/retract: retracts the event; 303 to its page. */
export const postRetraction: Handler = async (request, context) => {
  const typed = await readForm(request, MAX_BODY);
  const old = await requireEvent(context);
  const reason = typed.get("reason") ?? "";
  const seen = revisionOf(typed);
  try {
    await retract(context, old.id, readRetraction(typed), seen);
    return seeOther(`/events/${old.id}`);
  } catch (error) {
    const { status, errors } = errorsOf(error);
    const now = await requireEvent(context);
    const editing = { old: now, typed: eventTyped(now), status, retraction: { reason, errors } };
    if (status !== 409) return show(context, editing);
    return show(context, { ...editing, ...(await overtaken(context.env.DB, editing.typed, now, seen)) });
  }
};

/** Returns the reason of a retraction. The checkbox prevents a retraction by mistake. */
function readRetraction(typed: Typed): string {
  const parsed = retraction.safeParse({ reason: typed.get("reason") ?? "" });
  const errors = parsed.success ? [] : inputErrors(parsed.error);
  if (typed.get("sure") !== "yes") errors.push({ path: "sure", message: "tick the box to confirm" });
  if (!parsed.success || errors.length > 0) throw badRequest(errors);
  return parsed.data.reason;
}

async function requireEvent({ env, params }: Context): Promise<SourcedEvent> {
  const event = await readEvent(env.DB, params["id"] ?? "");
  if (event === undefined) throw notFound("There is no such event");
  return event;
}

async function takeForm(
  context: Context,
  typed: Typed,
  old: SourcedEvent | undefined,
  readId: () => string,
): Promise<Response> {
  const { DB } = context.env;
  const seen = revisionOf(typed);
  try {
    const { id, input } = readAll(readId, () => readEventForm(typed));
    if (typed.get("step") === "publish") {
      const { outcome } = await publish(context, id, input, seen);
      return seeOther(`/curate/events/${id}?done=${outcome}`);
    }
    const names = await readVocabulary(context);
    const draft = await draftEvent(DB, id, input, names);
    if ((draft.old?.revision ?? 0) !== seen) throw new Problem(409, "Conflict", "Another request changed the event");
    return await show(context, { typed, old, draft });
  } catch (error) {
    const { status, errors } = errorsOf(error);
    if (status !== 409) return show(context, { typed, old, status, errors });
    return show(context, { typed, status, ...(await overtaken(DB, typed, old, seen)) });
  }
}

/** Reads both the id and the event, so that all errors are shown together. */
function readAll<T>(readId: () => string, read: () => T): { id: string; input: T } {
  const errors: InputError[] = [];
  const attempt = <U,>(work: () => U): U | undefined => {
    try {
      return work();
    } catch (error) {
      errors.push(...errorsOf(error).errors);
      return undefined;
    }
  };
  const [id, input] = [attempt(readId), attempt(read)];
  if (id === undefined || input === undefined) throw badRequest(errors);
  return { id, input };
}

/** The revision with which the form was filled; 0 for a new event. */
const revisionOf = (typed: Typed): number => Number(/^\d{1,9}$/.exec(typed.get("revision") ?? "")?.[0] ?? 0);

/** Loads what another request has changed since. From now on the form corrects that revision. */
async function overtaken(
  db: D1Database,
  typed: Typed,
  old: SourcedEvent | undefined,
  seen: number,
): Promise<Pick<Editing, "old" | "errors" | "overtaken">> {
  if (old === undefined) {
    return { old, errors: [{ path: "id", message: "an event with this id already exists; choose another id" }] };
  }
  const now = await readEvent(db, old.id);
  const before = await readRevision(db, old.id, seen);
  if (now === undefined) throw notFound("There is no such event");
  typed.set("revision", String(now.revision));
  return { old: now, overtaken: { before, now } };
}

async function show(context: Context, editing: Omit<Editing, "names" | "newest">): Promise<Response> {
  const { DB } = context.env;
  const names = await readVocabulary(context);
  // A form without the choice leaves the mode as it is.
  if (editing.old && !editing.typed.get("mode")) editing.typed.set("mode", editing.old.mode);
  const newest = await readArticles(DB, { before: NEWEST, limit: NEWEST_ARTICLES, feed: false, texts: false });
  return curatorsPage(context, {
    title: editing.old === undefined ? "Add an event" : "Correct an event",
    status: editing.status ?? 200,
    wide: editing.draft !== undefined,
    children: <EventEditor {...editing} names={names} newest={newest} />,
  });
}
