/** Folders and files of the project. */
import { join, relative } from "node:path";

export const ROOT = join(import.meta.dirname, "..", "..");
export const DATA = join(ROOT, "data");
export const DEV_VARS = join(ROOT, ".dev.vars");

/** Path of a program that a package of the project installs. It is a script for Node. */
export const bin = (name: string): string => join(ROOT, "node_modules", ".bin", name);

/** Returns how messages name a folder: relative to the project, if it is inside. */
export function shownFolder(folder: string): string {
  const path = relative(ROOT, folder);
  return `${path.startsWith("..") ? folder : path}/`;
}
