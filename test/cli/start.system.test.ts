import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { load } from "../../src/cli/load.ts";
import { DATA } from "../../src/cli/paths.ts";
import {
  api,
  freePort,
  type Hook,
  type Program,
  run,
  start,
  startHook,
  TOKEN,
  temporaryState,
  until,
} from "./programs.ts";

const state = temporaryState();
let hook: Hook;
let port: number;
let program: Program;

beforeAll(async () => {
  hook = await startHook();
  port = await freePort();
  program = await start(state.path, port);
});
afterAll(async () => {
  await program.interrupt();
  // No process is left that listens on the port.
  await expect(fetch(`${program.url}/healthz`)).rejects.toThrow();
  hook.close();
  state.remove();
});

const headOf = async (): Promise<number> => {
  const { log } = await api(program.url, "GET", "/api/status");
  return (log as { head: number }).head;
};

describe("npm start", () => {
  it("loads data/ and prints the addresses", async () => {
    expect(program.output()).toMatch(/Loaded data\/: \d+ new, 0 corrected, 0 as they were/);
    for (const path of ["/", "/feed.rss", "/feed.json", "/api/status"]) {
      expect(program.output()).toContain(program.url + path);
      expect((await fetch(program.url + path)).status, path).toBe(200);
    }
  });

  it("has the whole record of data/, with the dates of the files", async () => {
    const { record } = await api(program.url, "GET", "/api/status");
    expect(record).toEqual({ articles: 4, events: expect.any(Number), names: expect.any(Number) });
    const event = await api(program.url, "GET", "/api/events/2016-09-22-issg-new-york");
    expect(event).toMatchObject({
      date: "2016-09-22",
      precision: "day",
      places: expect.arrayContaining(["new-york"]),
      revision: 1,
    });
    expect(event["published_at"]).toMatch(/^2026-11-22T05:/);
  });
});

describe("loading data/", () => {
  it("twice changes nothing", async () => {
    const head = await headOf();
    const loaded = await load(program.url, TOKEN, DATA);
    expect(loaded).toMatchObject({ created: 0, corrected: 0 });
    expect(await headOf()).toBe(head);
  });

  it("with an edited file makes a correction and keeps the old revision", async () => {
    const folder = join(state.path, "data");
    cpSync(DATA, folder, { recursive: true });
    const file = join(folder, "events", "2016-09-22-issg-new-york.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace(/^title: .*$/m, "title: A corrected title"));
    expect(await load(program.url, TOKEN, folder)).toMatchObject({ created: 0, corrected: 1 });
    expect(await api(program.url, "GET", "/api/events/2016-09-22-issg-new-york")).toMatchObject({
      title: "A corrected title",
      revision: 2,
    });
    expect(await load(program.url, TOKEN, DATA)).toMatchObject({ created: 0, corrected: 1 });
  });

  it("loads nothing if a file has a mistake", async () => {
    const folder = join(state.path, "mistaken");
    cpSync(DATA, folder, { recursive: true });
    writeFileSync(join(folder, "events", "broken.yaml"), "title: [\n");
    const head = await headOf();
    await expect(load(program.url, TOKEN, folder)).rejects.toThrow(/broken\.yaml:\d+: /);
    expect(await headOf()).toBe(head);
  });

  it("works with npm run load", async () => {
    const { code, output } = await run("src/cli/load.ts", [program.url], { CURATOR_TOKEN: TOKEN });
    expect(output).toMatch(/loaded data\/: 0 new, 0 corrected, \d+ as they were/);
    expect(code).toBe(0);
  });
});

describe("killed with SIGKILL", () => {
  const article = (n: number) => ({ title: `Article ${n}`, text: `A meridian, number ${n}.`, published_at: null });

  it("between article and delivery: the message is sent after the next start, under the same id", async () => {
    const alert = await api(program.url, "POST", "/api/alerts", {
      query: "meridian",
      channel: { type: "webhook", url: hook.url },
    });
    const view = () => api(program.url, "GET", `/api/alerts/${alert["id"]}`, undefined, String(alert["token"]));
    await until(async () => (await view())["status"] === "active");

    hook.hold = true;
    await api(program.url, "POST", "/api/articles", article(1), TOKEN);
    await until(() => hook.bodies.some(({ type }) => type === "article.matched"));
    program.process.kill("SIGKILL");
    hook.hold = false;
    program = await start(state.path, port);

    await until(async () => {
      const { deliveries } = await api(
        program.url,
        "GET",
        `/api/alerts/${alert["id"]}/deliveries`,
        undefined,
        String(alert["token"]),
      );
      return (deliveries as { status: string }[]).every(({ status }) => status === "delivered");
    });
    const matched = hook.bodies.filter(({ type }) => type === "article.matched");
    expect(new Set(matched.map(({ id }) => id)).size).toBe(1);
    expect(await view()).toMatchObject({ latest: 1, status: "active" });
  });

  it("just after the 201: every message arrives, and no number is missing", async () => {
    const alert = await api(program.url, "POST", "/api/alerts", {
      query: "latitude",
      channel: { type: "webhook", url: `${hook.url}b` },
    });
    const token = String(alert["token"]);
    await until(
      async () =>
        (await api(program.url, "GET", `/api/alerts/${alert["id"]}`, undefined, token))["status"] === "active",
    );
    const kills = 3;
    for (let n = 0; n < kills; n++) {
      await api(program.url, "POST", "/api/articles", { ...article(n), text: `A latitude, number ${n}.` }, TOKEN);
      await new Promise((resolve) => setTimeout(resolve, n * 9));
      program.process.kill("SIGKILL");
      program = await start(state.path, port);
    }
    const listed = async (): Promise<{ sequence: number; status: string }[]> => {
      const { deliveries } = await api(program.url, "GET", `/api/alerts/${alert["id"]}/deliveries`, undefined, token);
      return deliveries as { sequence: number; status: string }[];
    };
    await until(async () => (await listed()).filter(({ status }) => status === "delivered").length === kills);
    expect((await listed()).map(({ sequence }) => sequence)).toEqual(Array.from({ length: kills }, (_, i) => i + 1));
    const arrived = hook.bodies.filter(
      ({ data }) => (data["alert"] as { id: string }).id === alert["id"] && data["sequence"] !== undefined,
    );
    expect(new Set(arrived.map(({ data }) => data["sequence"])).size).toBe(kills);
    expect(new Set(arrived.map(({ id }) => id)).size).toBe(kills);
  });
});

it("a second start on the same port or state fails with the reason, and the first one continues", async () => {
  const other = temporaryState();
  await expect(start(other.path, port)).rejects.toThrow(/in use|EADDRINUSE/i);
  await expect(start(state.path, await freePort())).rejects.toThrow(/running on this state already/);
  expect((await fetch(`${program.url}/healthz`)).status).toBe(200);
  other.remove();
});
