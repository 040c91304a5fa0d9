import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

interface Run {
  readonly id: string;
  readonly protocolId: string;
  status: string;
  current: boolean;
  readonly errors: { detail: string; errorType: string }[];
  readonly runTimeParameters: { variableName: string; value: unknown }[];
}

interface Protocol {
  readonly id: string;
  readonly hash: string;
  readonly key: string;
  readonly text: string;
  readonly analysisSummaries: { id: string; status: string }[];
}

/**
 * The part of an Opentrons robot's HTTP server (robot-server of 2024, from its public sources) that a gateway uses: protocols known by their contents,
 * an analysis that takes a look or two, one current run, actions that are refused with 409. A test drives what the robot does.
 */
export class OpentronsRobot {
  readonly protocols: Protocol[] = [];
  readonly runs: Run[] = [];
  readonly actions: string[] = [];
  /** Requests (`POST /runs`) whose answers are lost once each: the robot has done it, nobody hears. */
  readonly losing: string[] = [];
  /** What is done to its next answers instead: held back for so long, sent in pieces, replaced by an error. */
  readonly spites: ({ readonly silent_ms: number } | "pieces" | "error" | "cut")[] = [];
  /** Why its analysis finds fault. */
  analysisError: string | undefined;
  /** Starts playing, and stays; else a run is over at once. */
  worksOn = false;
  #server: Server | undefined;
  #port = 0;
  #looks = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    await new Promise<void>((resolve) => this.#server?.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  /** Switched off and on: what it was doing is over, and no longer current. */
  async powerCycle(): Promise<void> {
    await this.stop();
    for (const run of this.runs) run.current = false;
    await this.start();
  }

  finish(status: string, detail?: string): void {
    const run = this.runs.at(-1);
    if (run === undefined) throw new Error("There is no run");
    run.status = status;
    if (detail !== undefined) run.errors.push({ detail, errorType: "ProtocolError" });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const path = request.url ?? "";
    const what = `${request.method} ${path.replace(/[0-9a-f-]{6,}/g, "ID")}`;
    const [status, answer] = await this.#answer(what, path, body, request.headers["content-type"]);
    const lost = this.losing.indexOf(what);
    if (lost >= 0) {
      this.losing.splice(lost, 1);
      request.socket.destroy();
      return;
    }
    const spite = this.spites.shift();
    if (typeof spite === "object") await wait(spite.silent_ms);
    const isError = spite === "error";
    response.writeHead(isError ? 500 : status, { "Content-Type": "application/json" });
    const text = JSON.stringify(isError ? { errors: [{ title: "Internal" }] } : answer);
    if (spite === "cut") {
      response.write(text.slice(0, text.length >> 1), () => request.socket.destroy());
      return;
    }
    if (spite === "pieces")
      for (const piece of text.slice(0, 40)) {
        response.write(piece);
        await wait(1);
      }
    response.end(spite === "pieces" ? text.slice(40) : text);
  }

  async #answer(
    what: string,
    path: string,
    body: Buffer,
    type = "",
  ): Promise<readonly [number, object]> {
    const json = (): { data: Record<string, unknown> } => JSON.parse(body.toString());
    const run = this.runs.find(({ id }) => path.includes(id));
    switch (what) {
      case "GET /protocols":
        return [200, { data: this.protocols }];
      case "POST /protocols":
        return await this.#upload(
          await new Response(new Uint8Array(body), {
            headers: { "Content-Type": type },
          }).formData(),
        );
      case "GET /protocols/ID/analyses/ID":
        return [200, { data: this.#analysis() }];
      case "GET /runs":
        return [200, { data: this.runs }];
      case "POST /runs":
        return this.#create(json().data);
      case "GET /runs/ID":
        return run === undefined ? problem(404, "Run Not Found") : [200, { data: run }];
      case "PATCH /runs/ID":
        if (run !== undefined) run.current = false;
        return [200, { data: run }];
      case "POST /runs/ID/actions":
        return this.#act(run, String(json().data["actionType"]));
      default:
        return problem(404, `no such thing as ${what}`);
    }
  }

  async #upload(form: FormData): Promise<readonly [number, object]> {
    const file = form.get("files") as File;
    const text = await file.text();
    const hash = createHash("sha256").update(text).digest("hex");
    const known = this.protocols.find((one) => one.hash === hash);
    if (known !== undefined) return [200, { data: known }];
    const id = `aaaa${hash.slice(0, 8)}`;
    const analysisSummaries = [{ id: `bbbb${hash.slice(0, 8)}`, status: "pending" }];
    const made = { id, hash, text, key: String(form.get("key")), analysisSummaries };
    this.protocols.push(made);
    return [201, { data: made }];
  }

  #analysis(): object {
    if (++this.#looks % 2 === 1) return { status: "pending" };
    const errors = this.analysisError === undefined ? [] : [{ detail: this.analysisError }];
    return { status: "completed", result: errors.length === 0 ? "ok" : "not-ok", errors };
  }

  #create(data: Record<string, unknown>): readonly [number, object] {
    const busy = this.runs.find(
      (run) => run.current && !/succeeded|failed|stopped/.test(run.status),
    );
    if (busy !== undefined) return problem(409, "Run Already Active", `${busy.id} is not idle`);
    for (const run of this.runs) run.current = false;
    const values = data["runTimeParameterValues"] as Record<string, unknown>;
    const run: Run = {
      ...{ id: `cccc${String(this.runs.length).padStart(8, "0")}`, status: "idle", current: true },
      ...{ protocolId: String(data["protocolId"]), errors: [] },
      runTimeParameters: Object.entries(values ?? {}).map(([variableName, value]) => ({
        ...{ variableName, value },
      })),
    };
    this.runs.push(run);
    return [201, { data: run }];
  }

  #act(run: Run | undefined, action: string): readonly [number, object] {
    this.actions.push(action);
    if (run?.current !== true) return problem(409, "Run Stopped", "it is not the current run");
    if (/succeeded|failed|stopped/.test(run.status)) return problem(409, "Run Action Not Allowed");
    if (action === "stop") run.status = "stopped";
    if (action === "pause") run.status = "paused";
    if (action === "play") run.status = this.worksOn ? "running" : "succeeded";
    return [201, { data: { actionType: action } }];
  }
}

function problem(status: number, title: string, detail = ""): readonly [number, object] {
  return [status, { errors: [{ id: title.replaceAll(" ", ""), title, detail }] }];
}
