/**
 * All settings: what each one means, its default, and how it is read. The Worker reads `workerVariables`; the programs of
 * src/cli read `programVariables` as well. README.md and .dev.vars.example list the same settings, and a test compares them.
 */
import * as z from "zod";

export interface SettingNotes {
  /** What the setting does, as README.md says it. */
  meaning: string;
  /** The default in words, for a setting whose default is not a fixed value. */
  otherwise?: string;
  /** `program`: for `npm start` and the other programs only. `secret`: a variable that is stored with `wrangler secret put`. */
  kind: "program" | "variable" | "secret";
}

export const settingNotes = z.registry<SettingNotes>();

const text = z.string();
const wholeNumber = text.regex(/^\s*\d{1,9}\s*$/, "must be a whole number").transform(Number);
/** A bearer token is sent in a header, so it is visible ASCII (RFC 6750, section 2.1). */
const token = text.regex(/^[\x21-\x7e]+$/, "must consist of ASCII letters, digits and punctuation, without spaces");
const flag = z.enum(["true", "false"], "must be true or false").transform((value) => value === "true");
const seconds = text
  .regex(/^\s*\d{1,9}\s*(,\s*\d{1,9}\s*)*$/, "must be whole numbers separated by commas")
  .transform((list) => list.split(",").map(Number));
const port = text
  .refine((value) => /^\d{1,5}$/.test(value) && Number(value) <= 65_535, "must be a number from 0 to 65535")
  .transform(Number);

const origin = text
  .refine(isOrigin, "must be an origin such as https://wire.example, without a path")
  .transform((value) => new URL(value).origin);
const webAddress = text.refine(
  (value) => parseHttp(value) !== undefined,
  "must be an address such as https://cloudflare-dns.com/dns-query",
);

/** A host as URLs spell it, except that an IPv6 address has no brackets. */
const host = text
  .refine(
    (value) => hostOf(value) !== undefined,
    "must be an IP address or a host name such as 127.0.0.1, without a port",
  )
  .transform((value) => hostOf(value) ?? value);

/** Variables and secrets of the Worker, which `npm start` also takes from the environment and from .dev.vars. */
export const workerVariables = {
  CURATOR_TOKEN: token.optional().register(settingNotes, {
    meaning: "Token of the curators: for the API as a bearer token, and to sign in at `/curate`",
    otherwise: "`npm start` makes one and keeps it in `.dev.vars`; when deployed: no curators",
    kind: "secret",
  }),
  PUBLIC_URL: origin.optional().register(settingNotes, {
    meaning: "Origin used in links, such as `https://wire.example`",
    otherwise: "the request's, where a curator was seen",
    kind: "variable",
  }),
  WIRE_TITLE: text.prefault("Parley").register(settingNotes, {
    meaning: "Name of the wire, in feeds and on pages",
    otherwise: "the one in `wrangler.toml`",
    kind: "variable",
  }),
  WIRE_DESCRIPTION: text.prefault("A curated, sourced record of events.").register(settingNotes, {
    meaning: "One sentence about the wire",
    otherwise: "the one in `wrangler.toml`",
    kind: "variable",
  }),
  ALLOW_PRIVATE_TARGETS: flag.prefault("false").register(settingNotes, {
    meaning: "`true` lets alerts call private addresses, plain http and any port",
    otherwise: "`true` under `npm start`, else `false`",
    kind: "variable",
  }),
  // 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h: ten attempts in a little over three days.
  RETRY_SECONDS: seconds.prefault("5,300,1800,7200,18000,36000,50400,72000,86400").register(settingNotes, {
    meaning: "Waits between the attempts to deliver a message, in seconds",
    kind: "variable",
  }),
  REGISTRATION_LIMIT: wholeNumber.prefault("20").register(settingNotes, {
    meaning:
      "Alerts per hour that one caller may register, and that one host may be asked to confirm; 0 means no limit",
    kind: "variable",
  }),
  DAILY_LIMIT: wholeNumber.prefault("1000").register(settingNotes, {
    meaning: "Messages per day (UTC) that one alert gets; 0 means no limit",
    kind: "variable",
  }),
  DNS_RESOLVER: webAddress.optional().register(settingNotes, {
    meaning:
      "Checks host names before they are called: DNS over HTTPS with JSON, such as `https://cloudflare-dns.com/dns-query`",
    otherwise: "no check",
    kind: "variable",
  }),
};

/** Settings of the programs alone. A relative path starts at the project's folder. */
const programVariables = {
  PORT: port.prefault("8787").register(settingNotes, {
    meaning: "Port that `npm start` listens on; 0 means any free port",
    kind: "program",
  }),
  HOST: host.prefault("127.0.0.1").register(settingNotes, {
    meaning: "Address that `npm start` listens on; `0.0.0.0` means every address of the machine",
    kind: "program",
  }),
  STATE_DIR: text.prefault(".wrangler/state").register(settingNotes, {
    meaning: "Folder in which `npm start` keeps its databases",
    kind: "program",
  }),
  DATA_DIR: text.prefault("data").register(settingNotes, {
    meaning: "Folder with the record's files, for `npm start`, `load`, `check` and `map`",
    kind: "program",
  }),
};

export const settingFields = { ...programVariables, ...workerVariables };
export type SettingName = keyof typeof settingFields;

const workerSettings = z.object(workerVariables).transform((variables) => ({
  curatorToken: variables.CURATOR_TOKEN,
  publicUrl: variables.PUBLIC_URL,
  allowPrivateTargets: variables.ALLOW_PRIVATE_TARGETS,
  /** In seconds: the wait after the first attempt, after the second, … */
  retrySeconds: variables.RETRY_SECONDS,
  registrationLimit: variables.REGISTRATION_LIMIT,
  dnsResolver: variables.DNS_RESOLVER,
  dailyLimit: variables.DAILY_LIMIT,
  title: variables.WIRE_TITLE,
  description: variables.WIRE_DESCRIPTION,
}));

const programSettings = z.object(programVariables).transform((variables) => ({
  port: variables.PORT,
  host: variables.HOST,
  stateDir: variables.STATE_DIR,
  dataDir: variables.DATA_DIR,
}));

/** Settings as they are given: environment variables, lines of .dev.vars, variables and secrets of the Worker. */
export type Variables = { [name in keyof typeof workerVariables]?: string };
export type Settings = z.infer<typeof workerSettings>;
export type ProgramSettings = z.infer<typeof programSettings>;

/** Reads the Worker's settings. Throws an error that names each setting that cannot be read, and what it must be. */
export const readSettings = (given: Variables): Settings => read(workerSettings, workerVariables, given);

/** Reads the settings of the programs. Throws as `readSettings` does. */
export const readProgramSettings = (given: { [name in keyof typeof programVariables]?: string }): ProgramSettings =>
  read(programSettings, programVariables, given);

export const isSettingName = (name: string): name is SettingName => Object.hasOwn(settingFields, name);

/** Returns what is wrong with a setting's value, or undefined if it can be read. */
export function checkSetting(name: SettingName, value: string): string | undefined {
  const message = settingFields[name].safeParse(value).error?.issues[0]?.message;
  return message && describe(name, message, value);
}

/** An empty value counts as absent. A number or a boolean in wrangler.toml counts as its text. */
function read<T>(schema: z.ZodType<T>, fields: object, given: Readonly<Record<string, unknown>>): T {
  const present: Record<string, string> = {};
  for (const name in fields) {
    const value = given[name];
    if (value !== undefined && value !== "") present[name] = String(value);
  }
  const { data, error } = schema.safeParse(present);
  if (error === undefined) return data;
  const reasons = error.issues.map(({ path, message }) => describe(String(path[0]), message, present[String(path[0])]));
  throw new Error(reasons.join("\n"));
}

/** Says what a setting must be and what it is, except for a secret, whose value is never shown. */
function describe(name: string, message: string, value = ""): string {
  const isSecret = isSettingName(name) && settingNotes.get(settingFields[name])?.kind === "secret";
  return `${name} ${message}${isSecret ? "" : `, not "${value}"`}`;
}

function parseHttp(value: string): URL | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url : undefined;
}

/** Returns the origin that PUBLIC_URL names, without a trailing slash; undefined if the value is absent or malformed. */
export const publicOrigin = (value: string | undefined): string | undefined =>
  value && isOrigin(value) ? new URL(value).origin : undefined;

function isOrigin(value: string): boolean {
  const url = parseHttp(value);
  return url !== undefined && `${url.origin}/` === url.href;
}

/** A host as sockets take it: an IPv6 address has no brackets. Undefined if the text is no host. */
function hostOf(value: string): string | undefined {
  const bare = value.replace(/^\[(.*)\]$/, "$1");
  const isIpv6 = bare.includes(":");
  const { hostname } = parseHttp(isIpv6 ? `http://[${bare}]` : `http://${bare}`) ?? {};
  if (isIpv6) return hostname?.slice(1, -1);
  return hostname === bare.toLowerCase() ? hostname : undefined;
}
