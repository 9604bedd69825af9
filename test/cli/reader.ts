/** Follows README.md's examples as a reader would, in a shell and a folder of the reader's own. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { expect } from "vitest";
import { ROOT } from "../../src/cli/paths.ts";
import { api, TOKEN, temporaryState, until } from "./programs.ts";

/** npm and npx are only recorded: other tests run what they stand for. */
const RECORD = `#!/bin/sh\necho "$(basename "$0") $*" >>"$CALLS"\n`;

/** A reader of README.md: a folder as it is before the first example, and what the examples have printed so far. */
export class Reader {
  readonly answers: Record<string, unknown>[] = [];
  /** What the receiver printed. */
  output = "";
  /** The answer to the registration of the alert. */
  registered: Record<string, unknown> = {};
  readonly #url: string;
  readonly #port: number;
  readonly #shell: readonly string[];
  readonly #folder = temporaryState();
  readonly #environment: NodeJS.ProcessEnv;
  #receiver: ChildProcess | undefined;

  /** `shell`: the shell with its options; a program follows. `program`: the text of receiver.mjs. */
  constructor(url: string, port: number, shell: readonly string[], program: string) {
    this.#url = url;
    this.#port = port;
    this.#shell = shell;
    const { path } = this.#folder;
    const bin = join(path, "bin");
    mkdirSync(bin);
    for (const name of ["npm", "npx"]) writeFileSync(join(bin, name), RECORD, { mode: 0o755 });
    symlinkSync(join(ROOT, "node_modules"), join(path, "node_modules"));
    writeFileSync(join(path, "receiver.mjs"), program.replace("9000", String(port)));
    // As it is after a start with a copy of .dev.vars.example.
    writeFileSync(join(path, ".dev.vars"), `CURATOR_TOKEN=\nCURATOR_TOKEN=${TOKEN}\n`);
    const PATH = [bin, dirname(process.execPath), process.env["PATH"]].join(delimiter);
    this.#environment = { ...process.env, PATH, CALLS: join(path, "calls") };
  }

  async follow(example: string): Promise<void> {
    const program = this.#fillIn(example);
    if (program.includes("node receiver.mjs")) return this.#startReceiver(program);
    const [name = "", ...shellOptions] = this.#shell;
    const options = { cwd: this.#folder.path, env: this.#environment, encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync(name, [...shellOptions, program], options);
    expect(status, `${program}\n${stdout}\n${stderr}`).toBe(0);
    if (!program.includes("curl")) return;
    const answer: Record<string, unknown> = JSON.parse(stdout);
    expect(answer, program).not.toHaveProperty("detail");
    this.answers.push(answer);
    if (answer["secret"] !== undefined) await this.#register(answer);
  }

  /** The calls of npm and npx, in order. */
  calls(): string[] {
    return readFileSync(join(this.#folder.path, "calls"), "utf8").trim().split("\n");
  }

  close(): void {
    this.#stopReceiver();
    this.#folder.remove();
  }

  /** Puts the addresses of this test, and what earlier examples answered, in the places that the reader fills in. */
  #fillIn(example: string): string {
    const { id, token, secret } = this.registered;
    return example
      .replaceAll("http://localhost:8787", this.#url)
      .replaceAll("localhost:9000", `localhost:${this.#port}`)
      .replaceAll("whsec_…", String(secret))
      .replaceAll("Bearer TOKEN", `Bearer ${token}`)
      .replaceAll("/ID/", `/${id}/`);
  }

  async #startReceiver(program: string): Promise<void> {
    this.#stopReceiver();
    const [name = "", ...shellOptions] = this.#shell;
    const options = { cwd: this.#folder.path, env: this.#environment, detached: true };
    this.#receiver = spawn(name, [...shellOptions, program], options);
    this.#receiver.stdout?.on("data", (chunk) => (this.output += chunk));
    await until(async () => {
      const response = await fetch(`http://localhost:${this.#port}`, { method: "POST" }).catch(() => undefined);
      return response !== undefined;
    });
  }

  /** Ends the process group, since a shell may leave the receiver running when it ends. */
  #stopReceiver(): void {
    if (this.#receiver?.pid !== undefined && this.#receiver.exitCode === null)
      process.kill(-this.#receiver.pid, "SIGKILL");
    this.#receiver = undefined;
  }

  async #register(answer: Record<string, unknown>): Promise<void> {
    this.registered = answer;
    const path = `/api/alerts/${answer["id"]}`;
    await until(async () => {
      const { status } = await api(this.#url, "GET", path, undefined, String(answer["token"]));
      return status === "active";
    });
  }
}
