/** Bindings and settings: what the platform hands to the Worker. */
import type { ShardCalls } from "./alerts/calls.ts";

export interface Env extends Variables {
  /** The record: articles, events, names, the log, full-text search. */
  DB: D1Database;
  /** The shards of alerts, by number. */
  SHARD: { getByName(name: string): ShardCalls };
  /** For crash tests alone: see failpoint.ts. */
  FAILPOINT?: string;
}

/** Settings as they are given: environment variables of `npm start`, vars or secrets of the Worker. */
export interface Variables {
  /** Bearer token of the curators' API, and what they sign in with at /curate. Without one, both are closed. */
  CURATOR_TOKEN?: string;
  /** Origin used in links; else the request's. */
  PUBLIC_URL?: string;
  /** "true": alerts may call loopback and private addresses, plain http and any port. */
  ALLOW_PRIVATE_TARGETS?: string;
  /** The waits between attempts, in seconds, separated by commas. */
  RETRY_SECONDS?: string;
  /** Alerts one caller may register, and one target host be asked to confirm, in an hour; 0 is no bound. */
  REGISTRATION_LIMIT?: string;
  /** Where names of hosts are looked up before they are called (DNS over HTTPS, JSON); without it they are not. */
  DNS_RESOLVER?: string;
  /** Messages that one alert gets in a day (UTC); 0 is no bound. */
  DAILY_LIMIT?: string;
  /** What the wire is called, in feeds and on pages. */
  WIRE_TITLE?: string;
  /** One sentence on what it tells of. */
  WIRE_DESCRIPTION?: string;
}

export interface Settings {
  curatorToken: string | undefined;
  publicUrl: string | undefined;
  allowPrivateTargets: boolean;
  /** In seconds: the wait after the first attempt, after the second, … */
  retrySeconds: readonly number[];
  registrationLimit: number;
  dnsResolver: string | undefined;
  dailyLimit: number;
  title: string;
  description: string;
}

/** 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h: ten attempts in a little over three days. */
const RETRY_SECONDS = "5,300,1800,7200,18000,36000,50400,72000,86400";
const REGISTRATION_LIMIT = "20";
const DAILY_LIMIT = "1000";

/** Reads the settings. Throws, naming the setting and what it holds, where one is malformed. */
export function readSettings(env: Variables): Settings {
  return {
    curatorToken: env.CURATOR_TOKEN || undefined,
    publicUrl: readOrigin(env.PUBLIC_URL),
    allowPrivateTargets: readFlag("ALLOW_PRIVATE_TARGETS", env.ALLOW_PRIVATE_TARGETS),
    retrySeconds: (env.RETRY_SECONDS || RETRY_SECONDS).split(",").map((part) => readNumber("RETRY_SECONDS", part)),
    registrationLimit: readNumber("REGISTRATION_LIMIT", env.REGISTRATION_LIMIT || REGISTRATION_LIMIT),
    dnsResolver: readResolver(env.DNS_RESOLVER),
    dailyLimit: readNumber("DAILY_LIMIT", env.DAILY_LIMIT || DAILY_LIMIT),
    title: env.WIRE_TITLE || "Parley",
    description: env.WIRE_DESCRIPTION || "A curated, sourced record of events.",
  };
}

function readOrigin(value: string | undefined): string | undefined {
  if (!value) return undefined;
  const origin = publicOrigin(value);
  if (origin !== undefined) return origin;
  throw new Error(`PUBLIC_URL: an origin such as https://wire.example was expected, not "${value}"`);
}

/** Returns the origin that PUBLIC_URL names, without a trailing slash; undefined if the value is absent or malformed. */
export function publicOrigin(value: string | undefined): string | undefined {
  if (!value || !URL.canParse(value)) return undefined;
  const { protocol, pathname, search, hash, origin } = new URL(value);
  return /^https?:$/.test(protocol) && pathname === "/" && !search && !hash ? origin : undefined;
}

function readResolver(value: string | undefined): string | undefined {
  if (!value) return undefined;
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw new Error(
      `DNS_RESOLVER: an address such as https://cloudflare-dns.com/dns-query was expected, not "${value}"`,
    );
  }
  return value;
}

function readFlag(name: string, value: string | undefined): boolean {
  if (value && !["true", "false"].includes(value))
    throw new Error(`${name}: true or false was expected, not "${value}"`);
  return value === "true";
}

function readNumber(name: string, value: string): number {
  if (!/^\s*\d{1,9}\s*$/.test(value)) throw new Error(`${name}: a whole number was expected, not "${value}"`);
  return Number(value);
}
