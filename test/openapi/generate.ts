/** JSON that a schema allows, and JSON that it does not. */
import fc from "fast-check";
import type { Schema } from "./document.ts";

/** What generated values may name. */
export interface World {
  /** Origin of all addresses: none leads anywhere but to the tests' own receiver. */
  receiver: string;
  /** Values of fields and parameters that are on record, by name. */
  known: Readonly<Record<string, readonly unknown[]>>;
}

/** Strings that the formats allow. */
const FORMATS: Readonly<Record<string, (world: World) => fc.Arbitrary<string>>> = {
  "date-time": () => pastDay.map((day) => day.toISOString()),
  date: () => pastDay.map((day) => day.toISOString().slice(0, 10)),
  uri: ({ receiver }) => fc.stringMatching(/^[a-z0-9]{1,12}$/).map((name) => `${receiver}/${name}/status-204`),
};

const pastDay = fc.date({ min: new Date("1970-01-01"), max: new Date("2020-01-01"), noInvalidDate: true });

/** Values of a field or parameter that its schema allows; most are on record, if its values must be. */
export function named(name: string, schema: Schema, world: World): fc.Arbitrary<unknown> {
  const any = allowed(schema, world);
  const known = world.known[name];
  return known === undefined
    ? any
    : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: any });
}

/** Values that a schema allows. */
export function allowed(schema: Schema, world: World): fc.Arbitrary<unknown> {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((choice) => allowed(choice, world)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (Array.isArray(schema.type)) {
    return fc.oneof(...schema.type.map((type) => allowed({ ...schema, type }, world)));
  }
  switch (schema.type) {
    case "object":
      return allowedObject(schema, world);
    case "array":
      return fc.array(allowed(schema.items ?? {}, world), { maxLength: Math.min(schema.maxItems ?? 3, 3) });
    case "string":
      return allowedString(schema, world);
    case "integer":
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1000, 1e9) });
    case "number":
      return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 1000, noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      throw new Error(`no values for ${JSON.stringify(schema)}`);
  }
}

function allowedString({ format, pattern, minLength = 0, maxLength = 100 }: Schema, world: World) {
  const ofFormat = format === undefined ? undefined : FORMATS[format];
  if (ofFormat) return ofFormat(world);
  const text = fc.string({ unit: "grapheme", minLength, maxLength: Math.min(maxLength, 60) });
  if (pattern === undefined) return text;
  return pattern === "\\S" ? text.filter((value) => /\S/.test(value)) : fc.stringMatching(RegExp(pattern));
}

function allowedObject(schema: Schema, world: World): fc.Arbitrary<object> {
  const { properties = {}, required = [], propertyNames, additionalProperties } = schema;
  if (propertyNames && typeof additionalProperties === "object") {
    const name = allowed(propertyNames, world).map(String);
    return fc.dictionary(name, allowed(additionalProperties, world), { maxKeys: 3 });
  }
  const model = Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, named(name, property, world)]),
  );
  const { minProperties = 0, not } = schema;
  return fc
    .record(model, { requiredKeys: required })
    .filter((value) => Object.keys(value).length >= minProperties && !not?.required.every((name) => name in value));
}

/** Bodies that an object's schema does not allow: a field is missing, unknown, or of another type. */
export function refused(schema: Schema, world: World): fc.Arbitrary<unknown> {
  const { properties = {}, required = [] } = schema;
  const names = Object.keys(properties);
  const body = allowedObject(schema, world).map((value) => new Map(Object.entries(value)));
  const without = (name: string) =>
    body.map((value) => Object.fromEntries([...value].filter(([present]) => present !== name)));
  const unknown = body.map((value) => ({ ...Object.fromEntries(value), "no-such-field": 1 }));
  const otherType = fc
    .tuple(body, fc.constantFrom(...names), fc.constantFrom<unknown>(true, { a: 1 }, [[1]], 0.5))
    .map(([value, name, other]) => ({ ...Object.fromEntries(value), [name]: other }));
  const noObject = fc.constantFrom<unknown>(null, [], "text", 1, true);
  return fc.oneof(...required.map(without), unknown, otherType, noObject);
}

/** Texts that a parameter's schema does not allow; none for a parameter that takes any text. */
export function refusedText({ type, pattern, minimum = 0, maximum = 0, maxLength }: Schema) {
  const outside = [String(minimum - 1), String(BigInt(maximum) + 1n), "1.5", "", "ten", "1e1"];
  if (type === "integer") return fc.constantFrom(...outside);
  if (pattern !== undefined) return fc.string().filter((text) => text !== "" && !RegExp(pattern).test(text));
  return maxLength === undefined ? undefined : fc.constant("a".repeat(maxLength + 1));
}
