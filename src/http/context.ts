/** What every handler gets beside the request. */
import type { Env } from "../platform/env.ts";
import type { Settings } from "../platform/settings.ts";

export interface Context {
  env: Env;
  settings: Settings;
  /** Keeps work going after the answer has left. */
  waitUntil: (work: Promise<unknown>) => void;
  url: URL;
  /** Origin of the links in the answer: `PUBLIC_URL`, else the request's own; never from a forwarded header. */
  origin: string;
  /** The named parts of the path, decoded and not checked. */
  params: Readonly<Record<string, string>>;
}

export type Handler = (request: Request, context: Context) => Response | Promise<Response>;
