/** Loads data/ into a Parley through its public API. Loading twice changes nothing; an edited file becomes a correction. */
import { readData } from "./data.ts";
import { shownFolder } from "./paths.ts";
import { readStartSettings } from "./program-settings.ts";
import { runProgram } from "./run-program.ts";

export interface Loaded {
  created: number;
  corrected: number;
  same: number;
}

/** Loads a folder into the Parley at `url`. Throws if a file has a mistake, before anything is sent, or if a call is refused. */
export async function load(url: string, token: string, folder: string): Promise<Loaded> {
  const { names, articles, events, mistakes } = readData(folder);
  if (mistakes.length > 0) {
    throw new Error(mistakes.map(({ file, line, reason }) => `${file}:${line}: ${reason}`).join("\n"));
  }
  const loaded: Loaded = { created: 0, corrected: 0, same: 0 };
  const put = async (path: string, body: object): Promise<void> => {
    const outcome = await putOne(`${url}${path}`, token, body);
    loaded[outcome]++;
  };
  for (const [id, name] of names) await put(`/api/names/${id}`, name);
  for (const [id, article] of articles) await put(`/api/articles/${id}`, article);
  const inOrder = [...events].sort(([, a], [, b]) => String(a.published_at).localeCompare(String(b.published_at)));
  for (const [id, event] of inOrder) await put(`/api/events/${id}`, event);
  return loaded;
}

async function putOne(url: string, token: string, body: object): Promise<keyof Loaded> {
  const response = await fetch(url, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`PUT ${url}: ${response.status} ${text}`);
  const { outcome }: { outcome: string } = JSON.parse(text);
  return outcome === "created" ? "created" : outcome === "same" ? "same" : "corrected";
}

/** `npm run load -- https://wire.example [DIR]`, with CURATOR_TOKEN in the environment. */
async function main(): Promise<void> {
  const [url, folder = readStartSettings().dataDir] = process.argv.slice(2);
  // Only from the environment: the token in .dev.vars belongs to the Parley on this machine.
  const token = process.env["CURATOR_TOKEN"];
  if (url === undefined || !/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Error("usage: CURATOR_TOKEN=… npm run load -- https://wire.example [DIR]");
  }
  if (!token) throw new Error("CURATOR_TOKEN is not set: it must be the token of the Parley at that address");
  const { created, corrected, same } = await load(new URL(url).origin, token, folder);
  console.log(`loaded ${shownFolder(folder)}: ${created} new, ${corrected} corrected, ${same} as they were`);
}

if (import.meta.main) await runProgram(main);
