/** Names: actors, places and topics, with their spellings. */
import * as z from "zod";
import type { Name } from "../../query/names.ts";
import { slug, text } from "../fields.ts";

export const NAME_KINDS = ["place", "actor", "topic"] as const;
export type NameKind = (typeof NAME_KINDS)[number];

const spellings = z.array(text(200)).max(100);

/** The id of a name: its kind and its slug. */
export const nameId = z
  .string()
  .regex(/^(?:place|actor|topic):[a-z0-9][a-z0-9-]{0,79}$/, "a kind and a slug were expected, such as place:aleppo");

/** A name as a curator writes it: the body of PUT /api/names/{kind}:{slug}. */
export const nameInput = z
  .strictObject({
    type: z
      .string()
      .regex(/^[a-z-]{2,30}$/)
      .describe("person, state, organisation, city, …"),
    label: text(200).describe("How it is shown, in English"),
    description: text(300).nullish(),
    spellings: z
      .partialRecord(z.enum(["en", "ar", "ru", "fr", "other"]), spellings)
      .describe(
        "By language, the usual one first; case, accents, plurals and attached particles need none of their own",
      ),
    abbreviations: spellings.optional().describe("Abbreviations that are no ordinary words; matched in any case"),
    capitals: spellings.optional().describe("Abbreviations that are also words: matched only where written as one"),
    proper: spellings
      .optional()
      .describe("Those of the spellings that are ordinary words in small letters: matched only with a capital"),
    hides: z.array(nameId).max(50).optional().describe("Names inside a spelling of this one that are not meant by it"),
    coordinates: z
      .strictObject({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) })
      .nullish()
      .describe("WGS 84, in degrees"),
  })
  .describe("A name");
export type NameInput = z.infer<typeof nameInput>;

/** A name in data/names/*.yaml, where the file gives the kind. */
export const nameEntry = nameInput.extend({ id: slug });

export interface NameRecord extends NameInput {
  id: string;
}

/** Returns a name as the query language needs it. The label is also a spelling. */
export function queryName(name: NameRecord): Name {
  return {
    id: name.id,
    spellings: [name.label, ...Object.values(name.spellings).flat(), ...(name.abbreviations ?? [])],
    capitals: name.capitals ?? [],
    proper: name.proper ?? [],
    hides: name.hides ?? [],
  };
}
