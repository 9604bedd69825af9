/** What every handler is given, beside the request. */
import type { Env } from "../platform/env.ts";
import type { Settings } from "../platform/settings.ts";

export interface Context {
  env: Env;
  settings: Settings;
  /** Keeps work going after the answer has left. */
  waitUntil: (work: Promise<unknown>) => void;
  url: URL;
  /** Origin of the links in the answer: as configured, else the request's; never a forwarded header's. */
  origin: string;
  /** The parts of the path that the route names. */
  params: Readonly<Record<string, string>>;
}

export type Handler = (request: Request, context: Context) => Response | Promise<Response>;
