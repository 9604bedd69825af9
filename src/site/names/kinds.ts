/** Kinds and types of names, in words. */
import { NAME_KINDS, type NameKind, type NameRecord } from "../../record/name.ts";

export const KINDS: Readonly<Record<NameKind, { one: string; several: string }>> = {
  topic: { one: "Topic", several: "Topics" },
  actor: { one: "Actor", several: "Actors" },
  place: { one: "Place", several: "Places" },
};

export const kindOf = ({ id }: NameRecord): NameKind => NAME_KINDS.find((kind) => id.startsWith(`${kind}:`)) ?? "topic";

/** Types whose plural takes more than an s. */
const PLURALS: Readonly<Record<string, string>> = {
  person: "people",
  city: "cities",
  country: "countries",
  party: "parties",
  agency: "agencies",
  body: "bodies",
  media: "media",
};

/** A type as a heading: "Armed group", "Armed groups". */
export const typeInWords = (type: string): string => capitalised(type.replaceAll("-", " "));
export const typesInWords = (type: string): string => capitalised(PLURALS[type] ?? `${type.replaceAll("-", " ")}s`);

const capitalised = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** Its type at schema.org. */
export function schemaType(name: NameRecord): string {
  const kind = kindOf(name);
  if (kind === "place") return "https://schema.org/Place";
  if (kind === "topic") return "https://schema.org/Thing";
  return name.type === "person" ? "https://schema.org/Person" : "https://schema.org/Organization";
}
