/** README.md's examples, run in the order of the page by the shells that readers use. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { afterEach, describe, expect, inject, it } from "vitest";
import { ROOT } from "../src/cli/paths.ts";
import { type Running, startPrepared } from "./cli/prepared.ts";
import { api, freePort, TOKEN, temporaryState, until } from "./cli/programs.ts";

const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const EXAMPLES = [...readme.matchAll(/^```sh\n(.*?)\n```$/gms)].map(([, example = ""]) => example);
const RECEIVER = /^```js\n(.*?)\n```$/ms.exec(readme)?.[1] ?? "";

/** Each shell without the reader's own configuration; it ends at the first command that fails. */
const SHELLS: Record<string, string[]> = {
  bash: ["--noprofile", "--norc", "-euo", "pipefail", "-c"],
  zsh: ["-f", "-euo", "pipefail", "-c"],
};

/** npm and npx are only recorded: other tests run what they stand for. */
const RECORD = `#!/bin/sh\necho "$(basename "$0") $*" >>"$CALLS"\n`;

let wire: Running | undefined;
let receiver: ChildProcess | undefined;
afterEach(async () => {
  stopReceiver();
  await wire?.stop();
});

function stopReceiver(): void {
  // The shell's process group, since a shell may leave the receiver running when it ends.
  if (receiver?.pid !== undefined && receiver.exitCode === null) process.kill(-receiver.pid, "SIGKILL");
  receiver = undefined;
}

interface Reader {
  environment: NodeJS.ProcessEnv;
  folder: string;
  calls: () => string[];
}

/** A folder as a reader of README.md has it before the first example, with the receiver in it. */
function makeReader(folder: string, port: number): Reader {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  for (const name of ["npm", "npx"]) {
    writeFileSync(join(bin, name), RECORD);
    chmodSync(join(bin, name), 0o755);
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "receiver.mjs"), RECEIVER.replace("9000", String(port)));
  // As it is after a start with a copy of .dev.vars.example.
  writeFileSync(join(folder, ".dev.vars"), `CURATOR_TOKEN=\nCURATOR_TOKEN=${TOKEN}\n`);
  const calls = join(folder, "calls");
  const path = [bin, dirname(process.execPath), process.env["PATH"]].join(delimiter);
  return {
    environment: { ...process.env, PATH: path, CALLS: calls },
    folder,
    calls: () => readFileSync(calls, "utf8").trim().split("\n"),
  };
}

describe.each(Object.entries(SHELLS))("the examples of README.md in %s", (shell, options) => {
  const isInstalled = spawnSync(shell, ["-c", "true"]).status === 0;

  it.runIf(isInstalled)("do what the text says (skipped where the shell is not installed)", async () => {
    wire = await startPrepared(inject("prepared"));
    const { url } = wire;
    const port = await freePort();
    const state = temporaryState();
    const { environment: env, folder, calls } = makeReader(state.path, port);
    let output = "";
    let registered: Record<string, unknown> = {};

    const fillIn = (example: string): string =>
      example
        .replaceAll("http://localhost:8787", url)
        .replaceAll("localhost:9000", `localhost:${port}`)
        .replaceAll("whsec_…", String(registered["secret"]))
        .replaceAll(/\bTOKEN\b(?!=)/g, (word) => String(registered["token"] ?? word))
        .replaceAll("/ID/", `/${registered["id"]}/`);

    const startReceiver = async (program: string): Promise<void> => {
      stopReceiver();
      receiver = spawn(shell, [...options, program], {
        cwd: folder,
        env,
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
      });
      receiver.stdout?.on("data", (chunk) => (output += chunk));
      receiver.stderr?.on("data", (chunk) => (output += chunk));
      const ask = () => fetch(`http://localhost:${port}`, { method: "POST", body: "{}" });
      await until(() =>
        ask().then(
          () => true,
          () => false,
        ),
      );
    };

    const isActive = async (): Promise<boolean> => {
      const alert = await api(url, "GET", `/api/alerts/${registered["id"]}`, undefined, String(registered["token"]));
      return alert["status"] === "active";
    };

    const answers: Record<string, unknown>[] = [];
    for (const example of EXAMPLES) {
      const program = fillIn(example);
      if (program.includes("node receiver.mjs")) {
        await startReceiver(program);
        continue;
      }
      const { status, stdout, stderr } = spawnSync(shell, [...options, program], {
        cwd: folder,
        env,
        encoding: "utf8",
      });
      expect(status, `${program}\n${stdout}\n${stderr}`).toBe(0);
      if (!program.includes("curl")) continue;
      const answer: Record<string, unknown> = JSON.parse(stdout);
      expect(answer, program).not.toHaveProperty("detail");
      answers.push(answer);
      if (answer["secret"] === undefined) continue;
      registered = answer;
      await until(isActive);
    }
    await until(() => output.includes("article.matched 1 Quiet streets\n"));
    expect(answers.map((answer) => Object.keys(answer))).toEqual([
      expect.arrayContaining(["items"]),
      expect.arrayContaining(["reading", "total"]),
      expect.arrayContaining(["id", "token", "secret"]),
      expect.arrayContaining(["id", "log"]),
      expect.arrayContaining(["latest", "deliveries"]),
    ]);
    expect(calls()).toEqual([
      "npm ci",
      "npm run demo",
      "npm start",
      "npm install standardwebhooks",
      "npm run check",
      "npx wrangler login",
      "npm run deploy",
      "npx wrangler secret put CURATOR_TOKEN",
      "npm run load -- https://parley.YOUR-SUBDOMAIN.workers.dev",
    ]);
    state.remove();
  });

  it("have no comments: an interactive zsh takes them for commands", () => {
    for (const example of EXAMPLES) expect(example).not.toMatch(/(^|\s)#/m);
  });
});

it("README.md has at most 1,300 words, and lines of at most 120 characters outside its tables", () => {
  expect(readme.split(/\s+/).filter(Boolean).length).toBeLessThanOrEqual(1300);
  expect(readme.split("\n").filter((line) => line.length > 120 && !line.startsWith("|"))).toEqual([]);
});

it("the documents link to files that exist", () => {
  const documents = readdirSync(join(ROOT, "docs")).map((name) => join("docs", name));
  for (const file of ["README.md", ...documents]) {
    for (const [, link = ""] of readFileSync(join(ROOT, file), "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g))
      expect(existsSync(join(ROOT, dirname(file), link)), `${file}: ${link}`).toBe(true);
  }
});
