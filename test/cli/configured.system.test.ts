/** `npm start` and its settings, in a copy of the project, so that the copy has a .dev.vars of its own. */
import { cpSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../src/cli/paths.ts";
import { freePort, type Program, run, start, temporaryState } from "./programs.ts";

const folder = temporaryState();
const project = join(folder.path, "project");
const devVars = join(project, ".dev.vars");
/** What `start` and the shell of the tests would set themselves. */
const UNSET = { PORT: "", STATE_DIR: "", CURATOR_TOKEN: "", REGISTRATION_LIMIT: "", HOST: "", DATA_DIR: "" };

let program: Program | undefined;

beforeAll(() => {
  for (const part of ["src", "data", "package.json", "wrangler.toml"])
    cpSync(join(ROOT, part), join(project, part), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(project, "node_modules"));
});
afterEach(async () => {
  await program?.interrupt();
  program = undefined;
});
afterAll(folder.remove);

const startProject = async (settings: Record<string, string>): Promise<Program> => {
  program = await start("", 0, { ...UNSET, ...settings }, project);
  return program;
};
const statusOf = async (url: string): Promise<number> => (await fetch(`${url}/healthz`)).status;

describe("npm start", () => {
  it("takes PORT, STATE_DIR, HOST and DATA_DIR from .dev.vars, and keeps a token there for its owner alone", async () => {
    const port = await freePort();
    cpSync(join(project, "data"), join(project, "desk"), { recursive: true });
    writeFileSync(join(project, "desk", ".DS_Store"), "\0");
    writeFileSync(join(project, "desk", "events", "x.yaml~"), "title: [");
    writeFileSync(
      join(project, "desk", "articles", "one-more.yaml"),
      "title: One more\ntext: A text.\npublished_at: null\nadded_at: 2026-11-01T00:00:00Z\n",
    );
    writeFileSync(devVars, `PORT=${port}\nSTATE_DIR=kept\nDATA_DIR=desk\nHOST=127.0.0.1\n`, { mode: 0o600 });
    const { output } = await startProject({});
    expect(output()).toContain(`Parley runs on http://localhost:${port}\n`);
    expect(output()).toContain("Loaded desk/: ");
    expect(await statusOf(`http://127.0.0.1:${port}`)).toBe(200);
    const articles = await (await fetch(`http://127.0.0.1:${port}/api/articles`)).text();
    expect(articles).toContain("one-more");
    expect(existsSync(join(project, "kept", "workerd.pid"))).toBe(true);
    expect(readFileSync(devVars, "utf8")).toMatch(/^CURATOR_TOKEN=[\w-]{32}$/m);
    expect(statSync(devVars).mode & 0o077).toBe(0);
  });

  it("stops before it does anything where .dev.vars or the environment cannot be read, and names the line", async () => {
    writeFileSync(devVars, "PORT=8787\nPROT=8788\nthis is garbage\n");
    const broken = await run("src/cli/start.ts", [], { ...UNSET, STATE_DIR: "never" }, project);
    expect(broken.code).toBe(1);
    expect(broken.output).toBe(
      ".dev.vars:2: there is no setting named PROT; README.md lists the settings\n" +
        ".dev.vars:3: a line must be NAME=value, or a comment that begins with #\n",
    );
    writeFileSync(devVars, "");
    for (const [name, value] of Object.entries({ PORT: "x", HOST: "a b", RETRY_SECONDS: "soon" })) {
      const refused = await run("src/cli/start.ts", [], { ...UNSET, STATE_DIR: "never", [name]: value }, project);
      expect(refused).toMatchObject({ code: 1, output: expect.stringMatching(new RegExp(`^${name} must be`)) });
    }
    const nowhere = await run("src/cli/start.ts", [], { ...UNSET, STATE_DIR: "never", HOST: "192.0.2.1" }, project);
    expect(nowhere.output).toMatch(/^HOST: this machine cannot listen on 192\.0\.2\.1/);
    expect(existsSync(join(project, "never", "v3"))).toBe(false);
  });

  it("stops where a variable in wrangler.toml cannot be read", async () => {
    const config = join(project, "wrangler.toml");
    const text = readFileSync(config, "utf8");
    writeFileSync(config, text.replace("[vars]", '[vars]\nDAILY_LIMIT = "many"\nREGISTRATION_LIMIT = 7'));
    const broken = await run("src/cli/start.ts", [], { ...UNSET, STATE_DIR: "never", CURATOR_TOKEN: "t" }, project);
    writeFileSync(config, text);
    expect(broken).toMatchObject({ code: 1, output: 'DAILY_LIMIT must be a whole number, not "many"\n' });
  });
});

describe("HOST", () => {
  it("0.0.0.0: prints addresses that work", async () => {
    const { output } = await startProject({ HOST: "0.0.0.0", PORT: String(await freePort()), CURATOR_TOKEN: "t" });
    const [, line = ""] = /^Parley runs on (.*)$/m.exec(output()) ?? [];
    const addresses = line.split(", ");
    const external = Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .filter(({ family, internal }) => family === "IPv4" && !internal);
    expect(addresses).toHaveLength(1 + external.length);
    for (const address of addresses) expect(await statusOf(address), address).toBe(200);
  });

  const hasIpv6 = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === "::1"));
  it.runIf(hasIpv6)("::1: prints the address in brackets", async () => {
    const port = await freePort();
    const { output } = await startProject({ HOST: "::1", PORT: String(port), CURATOR_TOKEN: "t" });
    expect(output()).toContain(`events, RSS         http://[::1]:${port}/feed.rss`);
    expect(await statusOf(`http://[::1]:${port}`)).toBe(200);
    await expect(statusOf(`http://127.0.0.1:${port}`)).rejects.toThrow();
  });
});

describe("DATA_DIR", () => {
  it("is the folder that npm run check and load read", async () => {
    writeFileSync(devVars, "DATA_DIR=nowhere\n");
    const url = "http://127.0.0.1:9";
    const loaded = await run("src/cli/load.ts", [url], { ...UNSET, CURATOR_TOKEN: "t" }, project);
    expect(loaded).toMatchObject({ code: 1, output: expect.stringMatching(/nowhere:1: there is no such folder/) });
    const named = await run("src/cli/load.ts", [url, "data"], { ...UNSET, CURATOR_TOKEN: "t" }, project);
    expect(named.output).toMatch(/fetch failed/);
    const checked = await run("src/cli/check.ts", [], { ...UNSET, DATA_DIR: "elsewhere" }, project);
    expect(checked).toMatchObject({ code: 1, output: expect.stringMatching(/elsewhere:1: there is no such folder/) });
  });
});
