/** The documentation is tested: what is promised there is so. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { ROOT } from "../src/cli/paths.ts";
import { freePort, run, until } from "./cli/programs.ts";

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const readme = read("README.md");

describe("README.md", () => {
  it("shows the demo as it runs", async () => {
    const shown = /<!-- demo -->\n```\n(.*?)\n```/s.exec(readme)?.[1];
    const { code, output } = await run("src/cli/demo.ts");
    expect(output.trim()).toBe(shown);
    expect(code).toBe(0);
  });

  it("names every setting, with its default", () => {
    // Those of the bindings, which stand before, are not settings.
    const [, variables = ""] = read("src/env.ts").split("export interface Variables");
    const settings = [...variables.matchAll(/^ {2}([A-Z_]+)\?: string;$/gm)].map(([, name]) => name);
    expect(settings.length).toBeGreaterThan(4);
    for (const name of [...settings, "PORT", "STATE_DIR"])
      expect(readme).toMatch(new RegExp(`^\\|.*\`${name}\`.*\\|`, "m"));
    for (const name of ["RETRY_SECONDS", "REGISTRATION_LIMIT", "DAILY_LIMIT"]) {
      const value = new RegExp(`^const ${name} = "(.*)";$`, "m").exec(read("src/env.ts"))?.[1];
      expect(readme).toMatch(new RegExp(`\\| \`${name}\` \\|.*\\| \`?${value}\`? \\|`));
    }
  });

  it("names every script of package.json", () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(read("package.json"));
    for (const script of Object.keys(scripts).filter((name) => !["test", "start", "format"].includes(name))) {
      expect(readme).toContain(`npm run ${script}`);
    }
  });

  it("has ten lines that verify a message, and they do not promise a file that is not there", () => {
    for (const [, file = ""] of readme.matchAll(/\]\(([A-Za-z./]+)\)/g))
      expect(existsSync(join(ROOT, file)), file).toBe(true);
    const lines = /```js\n.*?createServer\((.*?)\n```/s.exec(readme)?.[1]?.split("\n").length ?? 0;
    expect(lines).toBeLessThanOrEqual(10);
  });
});

it("README.md's receiver answers a challenge, takes what is signed, and refuses what is not", async () => {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const port = await freePort();
  const file = join(ROOT, ".wrangler", `receiver-${port}.mjs`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, /```js\n(.*?)\n```/s.exec(readme)?.[1]?.replace("9000", String(port)) ?? "");
  const receiver = spawn(process.execPath, [file], {
    env: { ...process.env, SECRET: secret },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let output = "";
  receiver.stdout.on("data", (chunk) => (output += chunk));
  const send = (body: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}`, { method: "POST", headers, body });
  await until(async () => (await send("{}").catch(() => undefined)) !== undefined);

  expect(await (await send('{"type":"alert.confirm","data":{"challenge":"abc"}}')).text()).toBe("abc");
  for (const body of [
    '{"type":"article.matched","data":{"sequence":1,"article":{"title":"A title"}}}',
    '{"type":"event.corrected","data":{"sequence":2,"event":{"title":"An event"}}}',
  ]) {
    const now = new Date();
    const signature = new Webhook(secret).sign("msg_1", now, body);
    const headers = {
      "webhook-id": "msg_1",
      "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
      "webhook-signature": signature,
    };
    expect((await send(body, headers)).status).toBe(200);
    expect((await send(body.replace("title", "Title"), headers)).status).toBe(400);
  }
  expect((await send("no JSON")).status).toBe(400);
  receiver.kill();
  rmSync(file);
  expect(output).toBe("article.matched 1 A title\nevent.corrected 2 An event\n");
});

describe("DESIGN.md", () => {
  it("names every folder of src/, and only tests that exist", () => {
    const design = read("DESIGN.md");
    for (const folder of ["query", "percolator", "delivery", "record", "alerts", "intake", "feeds", "site", "cli"]) {
      expect(design).toContain(`\`src/${folder}\``);
    }
    for (const [, file = ""] of design.matchAll(/`(test\/[\w./]+)`/g))
      expect(existsSync(join(ROOT, file)), file).toBe(true);
  });
});

it("npm run deploy -- --dry-run passes without an account, and prints the bundle's size, at most 250 KB gzipped", async () => {
  const { code, output } = await run("src/cli/deploy.ts", ["--dry-run"]);
  expect(code).toBe(0);
  expect(Number(/^bundle: ([\d.]+) KB gzipped/m.exec(output)?.[1])).toBeLessThanOrEqual(250);
});
