/** zod schemas as JSON Schema 2020-12. */
import * as z from "zod";

export interface JsonObject {
  [key: string]: unknown;
}

type Schema = z.core.$ZodType;

/** Converts schemas. A schema with an `id` is kept by that name, and the others refer to it. */
export class JsonSchemas {
  readonly named: Record<string, JsonObject> = {};
  readonly #place: string;
  /** What was converted before: many operations share their schemas. */
  readonly #inputs = new Map<Schema, JsonObject>();
  readonly #answers = new Map<Schema, JsonObject>();
  readonly #parameters = new Map<Schema, JsonObject>();

  /** `place`: the beginning of references, such as `#/components/schemas/`. */
  constructor(place: string) {
    this.#place = place;
  }

  /** Returns what a caller may send in a body. */
  ofInput(schema: Schema): JsonObject {
    return once(this.#inputs, schema, () => this.#convert(schema, "input", false));
  }

  /** Returns what Parley sends. Later versions may add fields, so objects are open to more. */
  ofAnswer(schema: Schema): JsonObject {
    return once(this.#answers, schema, () => this.#convert(schema, "output", true));
  }

  /** Returns what the text of a parameter stands for. */
  ofParameter(schema: Schema): JsonObject {
    return once(this.#parameters, schema, () => this.#convert(schema, "output", false));
  }

  #convert(schema: Schema, io: "input" | "output", open: boolean): JsonObject {
    const override = ({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }) => simplify(jsonSchema, open);
    const converted = z.toJSONSchema(schema, { io, unrepresentable: "any", override });
    const { $schema: _, $defs = {}, ...rest } = converted;
    for (const [name, definition] of Object.entries($defs)) this.#name(name, this.#withReferences(definition));
    return this.#withReferences(rest);
  }

  #name(name: string, definition: JsonObject): void {
    const known = this.named[name];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(definition)) {
      throw new Error(`two schemas have the id ${name}`);
    }
    this.named[name] = definition;
  }

  /** Lets references point to where the named schemas are. */
  #withReferences(schema: object): JsonObject {
    return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', `"$ref":"${this.#place}`));
  }
}

function simplify(schema: z.core.JSONSchema.BaseSchema, open: boolean): void {
  // The formats say it; zod's patterns for them are long.
  if (schema.format === "date-time" || schema.format === "date") delete schema.pattern;
  // zod's `readonly` is about TypeScript; `readOnly` is about who sends a property.
  delete schema.readOnly;
  if (open && schema.additionalProperties === false) delete schema.additionalProperties;
}

function once(done: Map<Schema, JsonObject>, schema: Schema, convert: () => JsonObject): JsonObject {
  const converted = done.get(schema) ?? convert();
  done.set(schema, converted);
  return converted;
}
