/** `npm run schemas`: writes data/schema/*.json, with which editors check and complete the files in data/. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { fileSchemas } from "./data.ts";
import { DATA } from "./paths.ts";

const FOLDER = join(DATA, "schema");

/** Each schema's file and its content. */
const schemaFiles = (): [file: string, content: string][] =>
  Object.entries(fileSchemas).map(([name, schema]) => [
    join(FOLDER, `${name}.schema.json`),
    `${JSON.stringify(z.toJSONSchema(schema, { io: "input" }), null, 2)}\n`,
  ]);

/** Returns the schema files that do not match the schemas. */
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
