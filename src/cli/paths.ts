/** Where things are in the project. */
import { join, relative } from "node:path";

export const ROOT = join(import.meta.dirname, "..", "..");
export const DATA = join(ROOT, "data");
export const DEV_VARS = join(ROOT, ".dev.vars");

/** A program of one of the project's packages, for the Node that runs this one. */
export const bin = (name: string): string => join(ROOT, "node_modules", ".bin", name);

/** A folder as messages name it: from the project's folder on, if it is in there. */
export function shownFolder(folder: string): string {
  const path = relative(ROOT, folder);
  return `${path.startsWith("..") ? folder : path}/`;
}
