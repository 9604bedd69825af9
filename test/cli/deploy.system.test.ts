import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { migrationFiles } from "../../src/cli/migrations.ts";
import { DATA } from "../../src/cli/paths.ts";
import { type Cloudflare, startCloudflare } from "./cloudflare.ts";
import { run } from "./programs.ts";

const MIGRATIONS = migrationFiles(join(DATA, "migrations"));
const LAST = MIGRATIONS.at(-1);
const MIGRATE = MIGRATIONS.map((name) => `migrate ${name}`);

let cloudflare: Cloudflare;
afterEach(() => cloudflare?.stop());

const deploy = (...options: string[]) => run("src/cli/deploy.ts", options, cloudflare.env);

// Each deployment starts wrangler four times.
describe("npm run deploy", { timeout: 400_000 }, () => {
  it("first: wrangler creates the database with the Worker, and the migrations follow", async () => {
    cloudflare = await startCloudflare(["another"]);
    const { code, output } = await deploy();
    expect(cloudflare.steps, output).toEqual(["create database parley", "upload parley", ...MIGRATE]);
    expect(code).toBe(0);
  });

  it("later: migrates before new code runs, and a migration that was applied is not applied again", async () => {
    const others = Array.from({ length: 25 }, (_, i) => `another-${i}`);
    cloudflare = await startCloudflare([...others, "parley"]);
    // A quiet wrangler must not hide the list of databases.
    cloudflare.env["WRANGLER_LOG"] = "error";
    expect(await deploy()).toMatchObject({ code: 0 });
    expect(cloudflare.steps).toEqual([...MIGRATE, "upload parley"]);
    expect(await deploy()).toMatchObject({ code: 0 });
    expect(cloudflare.steps).toEqual([...MIGRATE, "upload parley", "upload parley"]);
  });

  it("does not deploy where a migration fails", async () => {
    cloudflare = await startCloudflare(["parley"]);
    cloudflare.refuse = LAST;
    const { code, output } = await deploy();
    expect(code).not.toBe(0);
    expect(output).toMatch(/refused for a test/);
    expect(cloudflare.steps).toEqual(MIGRATE.slice(0, -1));
  });

  it("continues after a first deployment whose migrations failed: they come first then", async () => {
    cloudflare = await startCloudflare();
    cloudflare.refuse = LAST;
    expect((await deploy()).code).not.toBe(0);
    cloudflare.refuse = undefined;
    cloudflare.steps.length = 0;
    expect(await deploy()).toMatchObject({ code: 0 });
    expect(cloudflare.steps).toEqual([...MIGRATE.slice(-1), "upload parley"]);
  });

  it("changes nothing where the account's databases cannot be listed", async () => {
    cloudflare = await startCloudflare(["parley"]);
    const { code } = await run("src/cli/deploy.ts", [], { ...cloudflare.env, CLOUDFLARE_ACCOUNT_ID: "unknown" });
    expect(code).not.toBe(0);
    expect(cloudflare.steps).toEqual([]);
  });

  it("with --dry-run: needs no account, and prints the bundle's size, at most 500 KB gzipped", async () => {
    cloudflare = await startCloudflare();
    const nobody = { CLOUDFLARE_API_TOKEN: "", CLOUDFLARE_ACCOUNT_ID: "", HOME: "/nonexistent" };
    const { code, output } = await run("src/cli/deploy.ts", ["--dry-run"], { ...cloudflare.env, ...nobody });
    expect(code).toBe(0);
    expect(Number(/^bundle: ([\d.]+) KB gzipped/m.exec(output)?.[1])).toBeLessThanOrEqual(500);
    expect(cloudflare.steps).toEqual([]);
  });
});
