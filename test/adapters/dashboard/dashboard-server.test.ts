import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parquetReadObjects } from "hyparquet";
import { afterEach, describe, expect, test } from "vitest";
import { pageHtml } from "../../../adapters/dashboard/page-html.ts";
import type { CampaignView } from "../../../src/views/campaign-view.ts";
import type { DrawnView, OpeningView } from "../../../src/views/opening-view.ts";
import { readPhaseDiagramView } from "../../../src/views/planner-views.ts";
import { readResultColumns } from "../../../src/views/result-columns.ts";
import {
  type ScriptedDashboard,
  type ScriptedDashboardOptions,
  startScriptedDashboard,
} from "../../support/scripted-dashboard.ts";

let dashboard: ScriptedDashboard | undefined;

async function start(options?: ScriptedDashboardOptions): Promise<ScriptedDashboard> {
  dashboard = await startScriptedDashboard(options);
  return dashboard;
}

afterEach(async () => {
  await dashboard?.stop();
  dashboard = undefined;
});

async function command(
  { url }: ScriptedDashboard,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${url}api/command`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const PAUSE = { kind: "campaign", campaignId: "al-mg-zn", action: "pause", by: "ada" };

/** Reads server-sent events until `enough` of them have come. */
async function readEvents(
  url: string,
  enough: number,
  headers: Record<string, string> = {},
): Promise<{ id: string; topic: string }[]> {
  const stop = new AbortController();
  const response = await fetch(`${url}events`, { headers, signal: stop.signal });
  const events: { id: string; topic: string }[] = [];
  let text = "";
  const deadline = setTimeout(() => stop.abort(), 2000);
  try {
    for await (const chunk of response.body ?? []) {
      text += new TextDecoder().decode(chunk as Uint8Array);
      const parts = text.split("\n\n");
      text = parts.pop() ?? "";
      for (const part of parts) {
        const id = /^id: (.*)$/m.exec(part)?.[1];
        const data = /^data: (.*)$/m.exec(part)?.[1];
        if (id === undefined || data === undefined) continue;
        events.push({ id, topic: (JSON.parse(data) as { topic: string }).topic });
      }
      if (events.length >= enough) break;
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    clearTimeout(deadline);
    stop.abort();
  }
  return events;
}

describe("a taken port", () => {
  test("is one clear line: TL-9001 names the port", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    await expect(startScriptedDashboard({ port })).rejects.toMatchObject({
      code: "TL-9001",
      message: expect.stringContaining(String(port)) as string,
    });
    other.close();
  });
});

describe("the page opens", () => {
  test("with what it shows first on its way before its script is read", async () => {
    const { url } = await start();
    const html = await (await fetch(url)).text();
    expect(html).toContain(' data-campaign="al-mg-zn"');
    const asked = [...html.matchAll(/rel="(?:modulepreload|preload)"[^>]* href="\/([^"]+)"/g)];
    const paths = asked.map(([, path = ""]) => path);
    expect(paths.filter((path) => !path.startsWith("assets/"))).toEqual([
      "api/campaign/al-mg-zn/opening",
      "api/campaign/al-mg-zn/map?drawn",
    ]);
    for (const path of paths) expect((await fetch(url + path)).status).toBe(200);
  });

  test("with a campaign whose name needs care in a document", () => {
    const settings = { readOnly: false, needsKey: false, scriptTag: "s", styleTag: "t" };
    const html = pageHtml({ ...settings, campaignId: 'a"b&c/d' });
    expect(html).toContain('data-campaign="a&quot;b&amp;c/d"');
    expect(html).toContain('href="/api/campaign/a%22b%26c%2Fd/opening"');
    expect(pageHtml(settings)).not.toMatch(/data-campaign|rel="preload"/);
  });

  test("with one answer: overview, campaign, candidates and results as they are asked for one by one", async () => {
    const { url, laboratory, flush } = await start();
    laboratory.propose(3);
    for (let k = 0; k < 2; k++) laboratory.finishOne();
    flush();
    const ask = async (path: string): Promise<unknown> =>
      await (await fetch(`${url}api/${path}`)).json();
    const opening = (await ask("campaign/al-mg-zn/opening")) as OpeningView;
    expect(opening.overview).toEqual(await ask("overview"));
    expect(opening.campaign).toEqual(await ask("campaign/al-mg-zn"));
    expect(opening.candidates).toEqual(await ask("campaign/al-mg-zn/candidates"));
    const rows = async () => await ask("campaign/al-mg-zn/observations");
    expect([...readResultColumns(opening.results)]).toEqual(await rows());
    laboratory.finishOne();
    const columns = (await ask("campaign/al-mg-zn/results")) as OpeningView["results"];
    expect(columns.n).toHaveLength(3);
    expect([...readResultColumns(columns)]).toEqual(await rows());
    expect((await fetch(`${url}api/campaign/nobody/opening`)).status).toBe(404);
    expect((await fetch(`${url}api/campaign/nobody/results`)).status).toBe(404);
  });

  test("with the map that it draws, and of what knowledge it is; compressed as well as not", async () => {
    const { url, laboratory, flush } = await start();
    laboratory.propose(2);
    laboratory.finishOne();
    flush();
    const path = `${url}api/campaign/al-mg-zn/map?drawn`;
    const drawn = (await (await fetch(path)).json()) as DrawnView;
    const whole = laboratory.plannerView();
    expect(readPhaseDiagramView(drawn.view)).toEqual(readPhaseDiagramView(whole));
    expect(drawn.knowledge).toMatch(/^1\/0\//);
    const plain = await fetch(path, { headers: { "Accept-Encoding": "identity" } });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(await plain.json()).toEqual(drawn);
  });
});

describe("the page and its assets", () => {
  test("come from memory with a policy that allows nothing from elsewhere", async () => {
    const { url } = await start();
    const page = await fetch(url);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const html = await page.text();
    expect(html).toContain("/assets/page.js");
    expect(html).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
    const response = await fetch(`${url}assets/page.js`);
    expect(response.status).toBe(200);
    const tag = response.headers.get("etag") ?? "";
    await response.text();
    const again = await fetch(`${url}assets/page.js`, { headers: { "If-None-Match": tag } });
    expect(again.status).toBe(304);
  });

  test("the style is in the document, and the policy allows that style alone", async () => {
    const { url } = await start();
    const page = await fetch(url);
    const [, style = ""] = /<style>([\s\S]*?)<\/style>/.exec(await page.text()) ?? [];
    expect(style).toContain(".opening");
    const hash = createHash("sha256").update(style).digest("base64");
    expect(page.headers.get("content-security-policy")).toContain(`style-src 'sha256-${hash}';`);
  });

  test("are refused under a foreign name (DNS rebinding)", async () => {
    const { url } = await start();
    const { port } = new URL(url);
    // fetch doesn't let a program choose the Host header, a raw request does.
    const { request } = await import("node:http");
    const status = await new Promise((resolve) =>
      request({ port, host: "127.0.0.1", headers: { Host: "evil.example" } }, (response) => {
        resolve(response.statusCode);
        response.resume();
      }).end(),
    );
    expect(status).toBe(421);
  });

  test("health and metrics answer", async () => {
    const { url, laboratory } = await start();
    laboratory.propose(1);
    laboratory.finishOne();
    expect(await (await fetch(`${url}healthz`)).json()).toMatchObject({ ok: true });
    const metrics = await (await fetch(`${url}metrics`)).text();
    expect(metrics).toContain("tieline_results_total 1");
    expect(metrics).toContain('tieline_campaign_budget_used{campaign="al-mg-zn"} 1');
  });
});

describe("server-sent events", () => {
  test("carry the newest message of each dashboard topic, and after a reconnect only what is new", async () => {
    const { url, laboratory, flush } = await start();
    const first = await readEvents(url, 6);
    expect(new Set(first.map((event) => event.topic))).toEqual(
      new Set(
        [
          "overview",
          "events",
          "campaign/al-mg-zn",
          "instrument/ROBOT1",
          "instrument/FURNACE1",
          "instrument/XRD1",
        ].map((view) => `tieline/v1/lab/dashboard/${view}`),
      ),
    );
    const seen = { "Last-Event-ID": first.at(-1)?.id ?? "" };
    laboratory.propose(1);
    flush();
    const missed = await readEvents(url, 3, seen);
    expect(new Set(missed.map((event) => event.topic.split("/dashboard/")[1]))).toEqual(
      new Set(["overview", "events", "campaign/al-mg-zn"]),
    );
  });

  test("a campaign's change is news at once, within the second between two views", async () => {
    const { url, laboratory, flush } = await start();
    laboratory.propose(2);
    flush();
    const stop = new AbortController();
    const response = await fetch(`${url}events`, { signal: stop.signal });
    const reader = (response.body ?? expect.fail("no body")).getReader();
    let text = "";
    const until = async (word: string): Promise<void> => {
      while (!text.includes(word)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`the stream ended before ${word}`);
        text += new TextDecoder().decode(value);
      }
    };
    await until("dashboard/campaign/al-mg-zn");
    text = "";
    laboratory.finishOne();
    flush();
    const news = 'event: news\ndata: {"campaignId":"al-mg-zn"}';
    await until(news);
    // The view comes when its second is over: whoever waits for it hears nothing before.
    expect(text.slice(0, text.indexOf(news))).not.toContain("dashboard/campaign/al-mg-zn");
    const view = (await (await fetch(`${url}api/campaign/al-mg-zn`)).json()) as CampaignView;
    expect(view.observations.total).toBe(1);
    stop.abort();
  });

  test("are sent whole to a watcher that comes from another process of the daemon", async () => {
    const { url } = await start();
    const events = await readEvents(url, 6, { "Last-Event-ID": "0000ffff:999" });
    expect(events).toHaveLength(6);
  });
});

describe("commands", () => {
  test("reach the port with the operator's name and bring the agent's reply", async () => {
    const page = await start({ reply: () => ({ accepted: false, reason: "it is over" }) });
    const { status, body } = await command(page, { ...PAUSE, reason: "lunch" });
    expect(status).toBe(200);
    expect(body).toMatchObject({ accepted: false, reason: "it is over" });
    expect(page.commands).toMatchObject([{ ...PAUSE, reason: "lunch" }]);
    expect(page.commands[0]?.commandId).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
  });

  test("without a name, with an unknown field or with a bad id never reach it", async () => {
    const page = await start();
    const { by: _, ...anonymous } = PAUSE;
    for (const bad of [
      anonymous,
      { ...PAUSE, by: "" },
      { ...PAUSE, by: "a b" },
      { ...PAUSE, force: true },
      { ...PAUSE, action: "launch" },
      { kind: "emergencyStop", active: true, by: "ada" },
      "not json",
    ]) {
      const { status, body } = await command(page, bad);
      expect(status).toBe(400);
      expect(body["code"]).toBe("TL-9002");
    }
    expect(page.commands).toEqual([]);
  });

  test("from another web site or as a form are refused (CSRF)", async () => {
    const page = await start();
    const foreign = await command(page, PAUSE, { Origin: "https://evil.example" });
    expect(foreign.status).toBe(403);
    const sandboxed = await command(page, PAUSE, { Origin: "null" });
    expect(sandboxed.status).toBe(403);
    const form = await command(page, PAUSE, { "Content-Type": "text/plain" });
    expect(form.status).toBe(415);
    const own = await command(page, PAUSE, { Origin: page.url.slice(0, -1) });
    expect(own.status).toBe(200);
    expect(page.commands).toHaveLength(1);
  });

  test("need the operator's key where keys are set", async () => {
    const page = await start({ policy: { readOnly: false, operatorKeys: { ada: "secret" } } });
    expect((await command(page, PAUSE)).status).toBe(401);
    expect((await command(page, { ...PAUSE, key: "Secret" })).status).toBe(401);
    expect((await command(page, { ...PAUSE, by: "constructor", key: "x" })).status).toBe(401);
    expect((await command(page, { ...PAUSE, key: "secret" })).status).toBe(200);
    expect(JSON.stringify(page.commands)).not.toContain("secret");
  });

  test("are refused on a read-only page", async () => {
    const page = await start({ policy: { readOnly: true } });
    const { status, body } = await command(page, PAUSE);
    expect(status).toBe(403);
    expect(body["code"]).toBe("TL-9003");
  });

  test("longer than any command can be are cut off", async () => {
    const page = await start();
    const response = await fetch(`${page.url}api/command`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...PAUSE, reason: "x".repeat(200_000) }),
    });
    expect(response.status).toBe(413);
    await response.text();
  });
});

describe("the data", () => {
  test("a campaign's observations, candidates, map and exports", async () => {
    const { url, laboratory } = await start();
    laboratory.propose(3);
    for (let k = 0; k < 3; k++) laboratory.finishOne();
    const get = async (path: string): Promise<unknown> =>
      (await fetch(`${url}api/campaign/al-mg-zn${path}`)).json();
    expect(await get("/observations")).toHaveLength(3);
    expect(await get(`/observations?from=${laboratory.events.length}`)).toHaveLength(1);
    const candidates = (await get("/candidates")) as { count: number; columns: object };
    expect(candidates.count).toBe(861);
    expect(Object.keys(candidates.columns)).toEqual(["Al", "Mg", "Zn"]);
    expect(await get("/map")).toMatchObject({ measured: [{}, {}, {}] });
    expect(await get("/map?observations=1")).toMatchObject({ measured: [{}] });
    const csv = await fetch(`${url}api/campaign/al-mg-zn/export/csv`);
    expect(csv.headers.get("content-disposition")).toContain("al-mg-zn.csv");
    expect((await csv.text()).trim().split("\n")).toHaveLength(4);
    const parquet = await fetch(`${url}api/campaign/al-mg-zn/export/parquet`);
    const file = await parquet.arrayBuffer();
    expect(await parquetReadObjects({ file })).toMatchObject([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  test("of what does not exist is a clear 404", async () => {
    const { url } = await start();
    for (const path of ["nobody", "nobody/map", "nobody/observations", "al-mg-zn/export/xls"]) {
      const response = await fetch(`${url}api/campaign/${path}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: "TL-9005" });
    }
  });
});
