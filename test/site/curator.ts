/** A curator's browser without scripts. */
import { call } from "../client.ts";

export interface Answer {
  status: number;
  headers: Headers;
  page: string;
}

const FORM = { "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
/** Headers that Chromium sends with a form of a page without referrer. */
export const FROM_HERE = { "sec-fetch-site": "same-origin", origin: "null" };

export async function answerOf(response: Response): Promise<Answer> {
  return { status: response.status, headers: response.headers, page: await response.text() };
}

export const signIn = async (token: string, to = "/curate", headers: Record<string, string> = FROM_HERE) =>
  answerOf(
    await call("/curate/session", {
      method: "POST",
      redirect: "manual",
      headers: { ...FORM, ...headers },
      body: new URLSearchParams({ token, to }).toString(),
    }),
  );

let kept: string | undefined;

/** Returns the session cookie, as a browser sends it. */
export async function session(): Promise<string> {
  kept ??= (await signIn("curator-token")).headers.get("set-cookie")?.split(";")[0];
  if (kept === undefined) throw new Error("nobody was signed in");
  return kept;
}

export const open = async (path: string, cookie?: string): Promise<Answer> =>
  answerOf(await call(path, { redirect: "manual", headers: { accept: "text/html", ...(cookie && { cookie }) } }));

export const send = async (
  path: string,
  fields: Record<string, string | readonly string[]>,
  cookie?: string,
  headers: Record<string, string> = FROM_HERE,
): Promise<Answer> => {
  const pairs = Object.entries(fields).flatMap(([name, value]) => [value].flat().map((each) => [name, each]));
  return answerOf(
    await call(path, {
      method: "POST",
      redirect: "manual",
      headers: { ...FORM, ...headers, ...(cookie && { cookie }) },
      body: new URLSearchParams(pairs).toString(),
    }),
  );
};

/** Returns the value of a hidden input or a text input by its name; undefined without one. */
export function valueIn(page: string, name: string): string | undefined {
  const input = new RegExp(`<input[^>]*name="${name.replaceAll(".", "\\.")}"[^>]*>`).exec(page)?.[0];
  return input && (/ value="([^"]*)"/.exec(input)?.[1] ?? "");
}

/** Returns the error beside a field. */
export const errorAt = (page: string, name: string): string | undefined =>
  new RegExp(`id="${name.replaceAll(".", "\\.")}-error">([^<]*)<`).exec(page)?.[1];
