/** Reads and checks data/. Each mistake has its file, line and reason. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, isAlias, isNode, LineCounter, parseDocument } from "yaml";
import * as z from "zod";
import { inputErrors } from "../http/input.ts";
import { articleInput } from "../record/articles/article.ts";
import { type EventInput, eventInput } from "../record/events/event.ts";
import { NAME_KINDS, type NameInput, type NameKind, nameEntry } from "../record/names/name.ts";
import { listYaml, type Mistake } from "./data-files.ts";
import { describeError } from "./run-program.ts";

export interface Data {
  /** By id with its kind, such as `place:aleppo`, in the order of the files. */
  names: Map<string, NameInput>;
  articles: Map<string, z.infer<(typeof fileSchemas)["article"]>>;
  events: Map<string, EventInput>;
  mistakes: Mistake[];
}

/** A parsed file that knows the line of each value. */
interface Source {
  file: string;
  document: Document.Parsed;
  lines: LineCounter;
}

/** Schemas of the files. They are those of the API, except that the id of an article or event is the file's name. */
export const fileSchemas = {
  names: z.array(nameEntry).describe("Names of one kind"),
  article: articleInput
    .omit({ id: true })
    .extend({ added_at: articleInput.shape.added_at.unwrap() })
    .describe("An article"),
  event: eventInput,
};

/** The folders of data/ that hold the record. */
const FOLDERS = ["names", "articles", "events"];

/** Reads all of data/. A file with a mistake is left out, and `mistakes` says why. */
export function readData(folder: string): Data {
  const data: Data = { names: new Map(), articles: new Map(), events: new Map(), mistakes: [] };
  if (!FOLDERS.some((part) => existsSync(join(folder, part)))) {
    const reason = existsSync(folder) ? `the folder holds none of ${FOLDERS.join(", ")}` : "there is no such folder";
    return { ...data, mistakes: [{ file: folder, line: 1, reason }] };
  }
  readNames(join(folder, "names"), data);
  readEach(join(folder, "articles"), fileSchemas.article, data.articles, data.mistakes);
  const sources = readEach(join(folder, "events"), fileSchemas.event, data.events, data.mistakes);
  checkHidden(data, folder);
  for (const [id, event] of data.events) checkReferences(sources.get(id), event, data);
  return data;
}

/** Reads the three files of names. A kind without a file has no names. */
function readNames(folder: string, data: Data): void {
  const kindOf = new Map(NAME_KINDS.map((kind) => [`${kind}s.yaml`, kind]));
  const files = listYaml(folder, data.mistakes);
  for (const [name, kind] of kindOf) if (files.includes(name)) readNamesOf(kind, join(folder, name), data);
  for (const name of files.filter((file) => !kindOf.has(file))) {
    const reason = "names are in actors.yaml, places.yaml and topics.yaml";
    data.mistakes.push({ file: join(folder, name), line: 1, reason });
  }
}

function readNamesOf(kind: NameKind, file: string, { names, mistakes }: Data): void {
  const source = parse(file, mistakes);
  const entries = source && validate(source, fileSchemas.names, mistakes);
  for (const [i, { id, ...name }] of (entries ?? []).entries()) {
    if (source && names.has(`${kind}:${id}`))
      mistakes.push(mistakeAt(source, [i, "id"], `there is another ${kind} "${id}"`));
    if (source && kind === "place" && !name.coordinates)
      mistakes.push(mistakeAt(source, [i], `the place "${id}" has no coordinates`));
    names.set(`${kind}:${id}`, name);
  }
}

/** Checks that the names exist that another name hides. */
function checkHidden({ names, mistakes }: Data, folder: string): void {
  for (const [id, { hides = [] }] of names) {
    for (const hidden of hides.filter((other) => !names.has(other))) {
      mistakes.push({ file: join(folder, "names"), line: 1, reason: `${id} hides ${hidden}, which does not exist` });
    }
  }
}

/** Reads a folder with one item a file. Returns the parsed files by id. */
function readEach<T>(
  folder: string,
  schema: z.ZodType<T>,
  into: Map<string, T>,
  mistakes: Mistake[],
): Map<string, Source> {
  const sources = new Map<string, Source>();
  for (const name of listYaml(folder, mistakes)) {
    const file = join(folder, name);
    const id = /^([a-z0-9][a-z0-9._-]*)\.yaml$/.exec(name)?.[1];
    if (id === undefined)
      mistakes.push({
        file,
        line: 1,
        reason: "the file's name is the id: it may have a-z, 0-9, dots, hyphens and underscores, before .yaml",
      });
    const source = parse(file, mistakes);
    const value = source && validate(source, schema, mistakes);
    if (id === undefined || source === undefined || value === undefined) continue;
    into.set(id, value);
    sources.set(id, source);
  }
  return sources;
}

function parse(file: string, mistakes: Mistake[]): Source | undefined {
  const text = readText(file, mistakes);
  if (text === undefined) return undefined;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  for (const { message, pos } of [...document.errors, ...document.warnings]) {
    mistakes.push({ file, line: lines.linePos(pos[0]).line, reason: message });
  }
  return document.errors.length > 0 ? undefined : { file, document, lines };
}

function readText(file: string, mistakes: Mistake[]): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    mistakes.push({ file, line: 1, reason: `the file cannot be read: ${describeError(error)}` });
    return undefined;
  }
}

function validate<T>(source: Source, schema: z.ZodType<T>, mistakes: Mistake[]): T | undefined {
  const result = schema.safeParse(source.document.toJS());
  if (result.success) return result.data;
  for (const { path, message } of inputErrors(result.error)) {
    mistakes.push(mistakeAt(source, path.split("."), path ? `${path}: ${message}` : message));
  }
  return undefined;
}

/** Returns a mistake with the line of a path, or of the nearest part of the file that contains it. */
function mistakeAt({ file, document, lines }: Source, path: readonly (string | number)[], reason: string): Mistake {
  const keys = path.map((key) => (/^\d+$/.test(String(key)) ? Number(key) : key));
  for (let length = keys.length; length >= 0; length--) {
    const node: unknown = length === 0 ? document.contents : document.getIn(keys.slice(0, length), true);
    if (isNode(node) && !isAlias(node) && node.range) return { file, line: lines.linePos(node.range[0]).line, reason };
  }
  return { file, line: 1, reason };
}

/** Checks that the names and articles of an event exist. */
function checkReferences(source: Source | undefined, event: EventInput, { names, articles, mistakes }: Data): void {
  if (source === undefined) return;
  const fields = { place: "places", actor: "actors", topic: "topics" } as const;
  for (const kind of NAME_KINDS) {
    for (const [i, slug] of event[fields[kind]].entries()) {
      if (!names.has(`${kind}:${slug}`))
        mistakes.push(
          mistakeAt(source, [fields[kind], i], `there is no ${kind} "${slug}" in data/names/${kind}s.yaml`),
        );
    }
  }
  for (const [i, id] of event.articles.entries()) {
    if (!articles.has(id))
      mistakes.push(mistakeAt(source, ["articles", i], `there is no file data/articles/${id}.yaml`));
  }
  if (event.published_at === undefined)
    mistakes.push(mistakeAt(source, [], "published_at is missing: the time at which the event came onto the wire"));
  if (event.articles.length === 0)
    mistakes.push(mistakeAt(source, ["articles"], "an event in data/ needs at least one article"));
}
