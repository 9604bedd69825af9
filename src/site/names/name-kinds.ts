/** Kinds and types of names, in words. */
import { NAME_KINDS, type NameKind, type NameRecord } from "../../record/names/name.ts";
import { capitalised } from "../text-format.ts";

export const KINDS: Readonly<Record<NameKind, { one: string; several: string }>> = {
  topic: { one: "Topic", several: "Topics" },
  actor: { one: "Actor", several: "Actors" },
  place: { one: "Place", several: "Places" },
};

/** In the order in which pages show them. */
export const SHOWN_KINDS = ["topic", "actor", "place"] as const satisfies readonly NameKind[];

export const kindOf = ({ id }: NameRecord): NameKind => NAME_KINDS.find((kind) => id.startsWith(`${kind}:`)) ?? "topic";

/** Types with an irregular plural. */
const PLURALS: ReadonlyMap<string, string> = new Map([
  ["person", "people"],
  ["city", "cities"],
  ["country", "countries"],
  ["party", "parties"],
  ["agency", "agencies"],
  ["body", "bodies"],
  ["media", "media"],
]);

/** Returns a type as a heading: "Armed group", "Armed groups". */
export const typeInWords = (type: string): string => capitalised(type.replaceAll("-", " "));
export const typesInWords = (type: string): string => capitalised(PLURALS.get(type) ?? `${type.replaceAll("-", " ")}s`);

/** The type at schema.org. */
export function schemaType(name: NameRecord): string {
  const kind = kindOf(name);
  if (kind === "place") return "https://schema.org/Place";
  if (kind === "topic") return "https://schema.org/Thing";
  return name.type === "person" ? "https://schema.org/Person" : "https://schema.org/Organization";
}
