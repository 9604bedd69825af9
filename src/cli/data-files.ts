/** Lists the files of data/. Back-ups, dotfiles and every other file that does not end in .yaml or .yml are ignored. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, parse, sep } from "node:path";

export interface Mistake {
  file: string;
  line: number;
  reason: string;
}

/**
 * Lists the .yaml files in a folder, sorted by name. A folder that does not exist is empty, since git keeps no empty folders.
 * A file that would be data under another name or in another place is reported as a mistake, so that no item is lost silently.
 */
export function listYaml(folder: string, mistakes: Mistake[]): string[] {
  const paths = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  return paths.sort().filter((path) => {
    if (!looksLikeData(path) || isFolder(join(folder, path))) return false;
    const reason = misplaced(folder, path);
    if (reason !== undefined) mistakes.push({ file: join(folder, path), line: 1, reason });
    return reason === undefined;
  });
}

const looksLikeData = (path: string): boolean =>
  /\.ya?ml$/i.test(path) && !path.split(sep).some((part) => part.startsWith("."));

/** A link that leads nowhere is no folder: reading it fails, which is reported then. */
const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

function misplaced(folder: string, path: string): string | undefined {
  const { dir, name, ext } = parse(path);
  if (dir !== "") return `the file must be directly in ${parse(folder).base}/`;
  if (ext !== ".yaml") return `the file's name ends in ${ext}: rename it to ${name.toLowerCase()}.yaml`;
  return undefined;
}
