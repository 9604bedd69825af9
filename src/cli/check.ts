/** `npm run check`: format, lint, types, and data/ against its schemas, with file, line and reason. */
import { spawnSync } from "node:child_process";
import { relative } from "node:path";
import { readData } from "./data.ts";
import { staleMap } from "./map.ts";
import { bin, DATA, ROOT } from "./paths.ts";
import { staleSchemas } from "./schemas.ts";

/** Runs a program on the project; whether it was content. */
function run(program: string, ...options: string[]): boolean {
  return spawnSync(process.execPath, [bin(program), ...options], { cwd: ROOT, stdio: "inherit" }).status === 0;
}

function checkData(folder: string): boolean {
  const { names, articles, events, mistakes } = readData(folder);
  const stale = [
    ...staleSchemas().map((file) => ({ file, line: 1, reason: "is not what the schemas say: npm run schemas" })),
    ...staleMap().map((file) => ({ file, line: 1, reason: "is not what the atlas and the places make: npm run map" })),
  ];
  for (const { file, line, reason } of [...mistakes, ...stale]) {
    console.error(`${relative(process.cwd(), file)}:${line}: ${reason}`);
  }
  console.log(
    `data/: ${names.size} names, ${articles.size} articles, ${events.size} events, mistakes: ${mistakes.length}`,
  );
  return mistakes.length + stale.length === 0;
}

/** `npm run check -- DIR` checks the data of another folder, and that alone. */
const folder = process.argv[2];
const checks = folder
  ? [checkData(folder)]
  : [
      run("biome", "check", "--error-on-warnings", "."),
      run("tsc", "-p", "."),
      run("tsc", "-p", "src/site/scripts"),
      checkData(DATA),
    ];
process.exitCode = checks.every(Boolean) ? 0 : 1;
