import { DOOR } from "../../../adapters/dashboard/door/openapi.ts";
import { LabError } from "../../core/errors.ts";

/** A daemon's door for programs, from outside. */
export interface DoorClient {
  read(path: string): Promise<Record<string, unknown>>;
  say(path: string, body: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
}

export function createDoorClient(page: string): DoorClient {
  const ask = async (path: string, init?: RequestInit): Promise<Record<string, unknown>> => {
    let answer: Response;
    try {
      answer = await fetch(new URL(`${DOOR}${path}`, page), init);
    } catch (cause) {
      throw new LabError("TL-2003", `No daemon answers at ${page}`, { cause });
    }
    const body = (await answer.json()) as Record<string, unknown>;
    if (answer.ok) return body;
    const told = [body["message"], body["hint"]].filter(Boolean).join(" ");
    throw new LabError("TL-3001", `The daemon refused: ${told}`);
  };
  return {
    read: (path) => ask(path),
    say: (path, body) =>
      ask(path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      }),
  };
}
