/** `npm run check`: checks format, lint, bindings, types and data/. Each mistake has its file, line and reason. */
import { spawnSync } from "node:child_process";
import { relative, resolve } from "node:path";
import { checkBindings } from "./bindings.ts";
import { readData } from "./data.ts";
import type { Mistake } from "./data-files.ts";
import { staleMap } from "./map.ts";
import { bin, ROOT, shownFolder } from "./paths.ts";
import { readStartSettings } from "./program-settings.ts";
import { runProgram } from "./run-program.ts";
import { staleSchemas } from "./schemas.ts";

/** Runs a program on the project. Returns true if it found no mistake. */
function run(program: string, ...options: string[]): boolean {
  return spawnSync(process.execPath, [bin(program), ...options], { cwd: ROOT, stdio: "inherit" }).status === 0;
}

/** Prints the mistakes in a folder of data. Generated files are only checked if the data has none. */
function checkData(folder: string, generated: (folder: string) => Mistake[]): boolean {
  const { names, articles, events, mistakes } = readData(folder);
  const all = mistakes.length > 0 ? mistakes : generated(folder);
  for (const { file, line, reason } of all) console.error(`${relative(process.cwd(), file)}:${line}: ${reason}`);
  const counts = `${names.size} names, ${articles.size} articles, ${events.size} events`;
  console.log(`${shownFolder(folder)}: ${counts}, mistakes: ${all.length}`);
  return all.length === 0;
}

/** Generated files that no longer match their sources. */
const staleFiles = (folder: string): Mistake[] => [
  ...staleSchemas().map((file) => ({ file, line: 1, reason: "does not match the code: npm run schemas" })),
  ...staleMap(folder).map((file) => ({
    file,
    line: 1,
    reason: "does not match the atlas and the places: npm run map",
  })),
];

/** `npm run check -- DIR` checks the data in another folder, and nothing else. */
await runProgram(() => {
  const folder = process.argv[2];
  const checks = folder
    ? [checkData(resolve(folder), () => [])]
    : [
        run("biome", "check", "--error-on-warnings", "."),
        checkBindings(),
        run("tsc", "-p", "."),
        run("tsc", "-p", "src/site/scripts"),
        checkData(readStartSettings().dataDir, staleFiles),
      ];
  process.exitCode = checks.every(Boolean) ? 0 : 1;
});
