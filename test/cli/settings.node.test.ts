import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { addressesOf } from "../../src/cli/addresses.ts";
import { parseDevVars } from "../../src/cli/dev-vars.ts";
import { ROOT } from "../../src/cli/paths.ts";
import { readStartSettings } from "../../src/cli/program-settings.ts";
import { readSettings, settingFields, settingNotes } from "../../src/platform/settings.ts";

/** Each setting as the documents show it. */
const ROWS = Object.entries(settingFields).map(([name, field]) => {
  const notes = settingNotes.get(field);
  const fixed = field instanceof z.ZodPrefault ? String(field.def.defaultValue) : "";
  return { name, fixed, kind: notes?.kind, meaning: notes?.meaning, default: notes?.otherwise ?? `\`${fixed}\`` };
});

describe("the documents list the settings", () => {
  it("README.md in its table, as the code defines them", () => {
    const [, section = ""] = readFileSync(join(ROOT, "README.md"), "utf8").split(/^## Settings$/m);
    const table = section.split("\n").filter((line) => line.startsWith("| `"));
    expect(table).toEqual(ROWS.map(({ name, meaning, ...row }) => `| \`${name}\` | ${meaning} | ${row.default} |`));
  });

  it(".dev.vars.example with secrets as empty lines, and the others as comments", () => {
    const text = readFileSync(join(ROOT, ".dev.vars.example"), "utf8");
    const [, ...blocks] = text.trimEnd().split("\n\n");
    expect(blocks).toEqual(
      ROWS.map(({ name, kind, fixed, meaning, ...row }) => {
        const line = kind === "secret" ? `${name}=` : `# ${name}=${fixed}`;
        return `# ${meaning}.\n# Default: ${row.default}.\n${line}`;
      }),
    );
    expect(parseDevVars(text)).toEqual({ CURATOR_TOKEN: "" });
    const uncommented = text.replaceAll(/^# ([A-Z_]+=)/gm, "$1");
    expect(Object.keys(parseDevVars(uncommented)).sort()).toEqual(ROWS.map(({ name }) => name).sort());
  });
});

const UNREADABLE: [name: string, value: string, expectation: RegExp][] = [
  ["PORT", "http", /must be a number from 0 to 65535, not "http"/],
  ["PORT", "65536", /from 0 to 65535/],
  ["PORT", "-1", /from 0 to 65535/],
  ["PORT", "8787 8788", /from 0 to 65535/],
  ["HOST", "127.0.0.1:8787", /must be an IP address or a host name such as 127\.0\.0\.1, without a port/],
  ["HOST", "http://localhost", /without a port/],
  ["HOST", "8787", /IP address/],
  ["HOST", "1.2.3.4.5", /IP address/],
  ["HOST", "::zz", /IP address/],
  ["HOST", "a b", /IP address/],
  [
    "PUBLIC_URL",
    "wire.example",
    /must be an origin such as https:\/\/wire\.example, without a path, not "wire\.example"/,
  ],
  ["PUBLIC_URL", "https://wire.example/path", /without a path/],
  ["PUBLIC_URL", "https://me@wire.example", /an origin/],
  ["PUBLIC_URL", "ftp://wire.example", /an origin/],
  ["ALLOW_PRIVATE_TARGETS", "yes", /must be true or false, not "yes"/],
  ["ALLOW_PRIVATE_TARGETS", "TRUE", /must be true or false/],
  ["RETRY_SECONDS", "5,,300", /must be whole numbers separated by commas/],
  ["RETRY_SECONDS", "5;300", /separated by commas/],
  ["RETRY_SECONDS", "soon", /separated by commas/],
  ["REGISTRATION_LIMIT", "many", /must be a whole number/],
  ["DAILY_LIMIT", "1e3", /must be a whole number/],
  ["DAILY_LIMIT", "-5", /must be a whole number/],
  ["DNS_RESOLVER", "1.1.1.1", /must be an address such as https:\/\/cloudflare-dns\.com\/dns-query/],
  ["CURATOR_TOKEN", "two words", /must consist of ASCII letters, digits and punctuation, without spaces$/],
  ["CURATOR_TOKEN", "ключ", /without spaces$/],
];

describe("a setting that cannot be read is named, with what it must be", () => {
  it.each(UNREADABLE)("%s=%s in the environment", (name, value, expectation) => {
    const reading = () => readStartSettings({ [name]: value }, "");
    expect(reading).toThrow(new RegExp(`^${name} `));
    expect(reading).toThrow(expectation);
  });

  it.each(UNREADABLE)("%s=%s in .dev.vars, with its line", (name, value, expectation) => {
    const reading = () => readStartSettings({}, `# settings\n\n${name}='${value}'\n`);
    expect(reading).toThrow(new RegExp(`^\\.dev\\.vars:3: ${name} `));
    expect(reading).toThrow(expectation);
  });

  const forWorker = UNREADABLE.filter(([name]) => !["PORT", "HOST"].includes(name));
  it.each(forWorker)("%s=%s of the Worker", (name, value, expectation) => {
    expect(() => readSettings({ [name]: value })).toThrow(expectation);
  });

  it("all of them at once, and never a secret", () => {
    const text = "PORT=x\nCURATOR_TOKEN='my secret'\nDAILY_LIMIT=y";
    expect(() => readStartSettings({}, text)).toThrow(
      /^\.dev\.vars:1: PORT .*\n\.dev\.vars:2: .*\n\.dev\.vars:3: DAILY/,
    );
    expect(() => readStartSettings({}, text)).not.toThrow(/my secret/);
    expect(() => readSettings({ PUBLIC_URL: "x", DAILY_LIMIT: "y" })).toThrow(/^PUBLIC_URL .*\nDAILY_LIMIT /);
  });
});

describe(".dev.vars", () => {
  it.each([
    ["an unknown name", "PORT=1\nPROT=8787", /^\.dev\.vars:2: there is no setting named PROT/],
    ["a name in small letters", "port=8787", /^\.dev\.vars:1: there is no setting named port/],
    ["a name of the object prototype", "toString=1", /^\.dev\.vars:1: there is no setting named toString/],
    ["no assignment", "# x\r\nPORT 8787\r\n", /^\.dev\.vars:2: a line must be NAME=value/],
    ["YAML", "PORT: 8787", /^\.dev\.vars:1: a line must be NAME=value/],
    ["binary garbage", "\0\x01PORT=1", /^\.dev\.vars:1: a line must be/],
    [
      "a quotation mark that is not closed",
      'WIRE_TITLE="A wire\nof two lines"',
      /^\.dev\.vars:1: WIRE_TITLE: the quotation/,
    ],
  ])("is refused with %s", (_, text, reason) => expect(() => parseDevVars(text)).toThrow(reason));

  it("is read with comments, quotes, spaces, export, a byte order mark and Windows line ends", () => {
    const text = `\ufeff# A comment\r\n\r\nexport PORT = 9000 # why\r\n  WIRE_TITLE="A # wire" # x\nWIRE_DESCRIPTION='It''s'\nHOST=\nDAILY_LIMIT=1\nDAILY_LIMIT=2`;
    expect(parseDevVars(text.replace("It''s", "Its"))).toEqual({
      PORT: "9000",
      WIRE_TITLE: "A # wire",
      WIRE_DESCRIPTION: "Its",
      HOST: "",
      DAILY_LIMIT: "2",
    });
  });
});

describe("settings of a start", () => {
  it("have defaults", () => {
    expect(readStartSettings({}, "")).toEqual({
      port: 8787,
      host: "127.0.0.1",
      stateDir: join(ROOT, ".wrangler", "state"),
      dataDir: join(ROOT, "data"),
      vars: {},
    });
  });

  it("come from the environment first, then from .dev.vars; what is empty is absent", () => {
    const text = "PORT=1\nSTATE_DIR=/state\nDATA_DIR=desk\nHOST=::1\nDAILY_LIMIT=7\nCURATOR_TOKEN=file\nPUBLIC_URL=";
    expect(readStartSettings({ PORT: "2", HOST: "", CURATOR_TOKEN: "environment", OTHER: "x" }, text)).toEqual({
      port: 2,
      host: "::1",
      stateDir: "/state",
      dataDir: join(ROOT, "desk"),
      vars: { DAILY_LIMIT: "7", CURATOR_TOKEN: "environment" },
    });
  });

  it.each([
    ["[::1]", "::1"],
    ["0.0.0.0", "0.0.0.0"],
    ["::", "::"],
    ["2001:DB8:0::1", "2001:db8::1"],
    ["LocalHost", "localhost"],
    ["wire.local", "wire.local"],
  ])("HOST=%s", (value, host) => expect(readStartSettings({ HOST: value }, "").host).toBe(host));
});

it("numbers and booleans of wrangler.toml count as their text", () => {
  const given: object = { DAILY_LIMIT: 5, ALLOW_PRIVATE_TARGETS: true, DB: {} };
  expect(readSettings(given)).toMatchObject({ dailyLimit: 5, allowPrivateTargets: true, registrationLimit: 20 });
});

describe("addresses of a server", () => {
  const interfaces = [
    { address: "127.0.0.1", family: "IPv4", internal: true },
    { address: "192.0.2.7", family: "IPv4", internal: false },
    { address: "::1", family: "IPv6", internal: true },
    { address: "fe80::1", family: "IPv6", internal: false },
    { address: "2001:db8::7", family: "IPv6", internal: false },
  ] as const;
  it.each([
    ["127.0.0.1", ["http://localhost:80"]],
    ["::1", ["http://[::1]:80"]],
    ["192.0.2.7", ["http://192.0.2.7:80"]],
    ["wire.local", ["http://wire.local:80"]],
    ["0.0.0.0", ["http://localhost:80", "http://192.0.2.7:80"]],
    ["::", ["http://localhost:80", "http://192.0.2.7:80", "http://[2001:db8::7]:80"]],
  ])("on %s", (host, addresses) => expect(addressesOf(host, 80, interfaces)).toEqual(addresses));
});
