/** Writes data/schema/*.json, by which editors check and complete the files in data/ as one types. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { fileSchemas } from "./data.ts";
import { DATA } from "./paths.ts";

const FOLDER = join(DATA, "schema");

/** Each schema's file and what should stand in it. */
const schemaFiles = (): [file: string, content: string][] =>
  Object.entries(fileSchemas).map(([name, schema]) => [
    join(FOLDER, `${name}.schema.json`),
    `${JSON.stringify(z.toJSONSchema(schema, { io: "input" }), null, 2)}\n`,
  ]);

/** The schema files that are not what the schemas say. */
export function staleSchemas(): string[] {
  return schemaFiles()
    .filter(([file, content]) => readOr(file, "") !== content)
    .map(([file]) => file);
}

function readOr(file: string, fallback: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return fallback;
  }
}

export function writeSchemas(): void {
  mkdirSync(FOLDER, { recursive: true });
  for (const [file, content] of schemaFiles()) writeFileSync(file, content);
}

if (import.meta.main) writeSchemas();
