import { LabError } from "../../../src/core/errors.ts";

/** One answer of the robot's server. */
export interface RobotAnswer {
  readonly status: number;
  readonly data: unknown;
  /** In the robot's own words; empty where it accepts. */
  readonly problem: string;
}

/** Which protocol is on the robot, and how its dry runs stand. */
export interface RobotProtocol {
  readonly id: string;
  readonly analysisSummaries: readonly { readonly id: string; readonly status: string }[];
}

export interface RobotRun {
  readonly id: string;
  readonly status: string;
  readonly current: boolean;
  readonly protocolId?: string | undefined;
  readonly errors?:
    | readonly { readonly detail?: string; readonly errorType?: string }[]
    | undefined;
  readonly runTimeParameters?:
    | readonly { readonly variableName: string; readonly value?: unknown }[]
    | undefined;
}

/** No call may hang. */
const ANSWER_WITHIN_ms = 10_000;
/** The newest version of its answers that a robot speaks. */
const HEADERS = { "Opentrons-Version": "*" };

/** The HTTP server of an Opentrons robot: asks once, with a deadline; what an answer means is not its business. */
export class RobotClient {
  readonly #at: string;

  /** @param at e.g. `http://10.0.0.9:31950` */
  constructor(at: string) {
    this.#at = at.replace(/\/+$/, "");
  }

  get(path: string): Promise<RobotAnswer> {
    return this.#ask(path, {});
  }

  post(path: string, data: object): Promise<RobotAnswer> {
    return this.#ask(path, { method: "POST", ...json({ data }) });
  }

  patch(path: string, data: object): Promise<RobotAnswer> {
    return this.#ask(path, { method: "PATCH", ...json({ data }) });
  }

  upload(path: string, form: FormData): Promise<RobotAnswer> {
    return this.#ask(path, { method: "POST", body: form });
  }

  /** TL-3201 where it does not answer, or not as a robot does. */
  async #ask(path: string, request: RequestInit): Promise<RobotAnswer> {
    try {
      const answer = await fetch(`${this.#at}${path}`, {
        ...request,
        headers: { ...HEADERS, ...request.headers },
        signal: AbortSignal.timeout(ANSWER_WITHIN_ms),
      });
      const { data, errors } = (await answer.json()) as { data?: unknown; errors?: unknown };
      return { status: answer.status, data, problem: answer.ok ? "" : wordsOf(errors, answer) };
    } catch (cause) {
      throw new LabError("TL-3201", `The robot at ${this.#at} does not answer ${path}`, { cause });
    }
  }
}

function json(body: object): RequestInit {
  return { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
}

/** `Run Action Not Allowed: the run is stopped`. */
function wordsOf(errors: unknown, { status }: Response): string {
  const all = Array.isArray(errors) ? (errors as { title?: string; detail?: string }[]) : [];
  const words = all.map(({ title, detail }) => [title, detail].filter(Boolean).join(": "));
  return words.length === 0 ? `the robot answered ${status}` : words.join("; ");
}
