import type { ModbusMap, ModbusRegister } from "../../../config/devices/modbus-map.ts";
import { LabError } from "../../../src/core/errors.ts";
import type { Lane } from "../question-line.ts";
import { stoppedError } from "../thermal/stopped-error.ts";
import type { ModbusLine } from "./modbus-line.ts";
import type { ModbusRequest } from "./protocol-data.ts";
import { encodeValue, isOneOf, maskedBy, rawOf, scaledOf, wordsOf } from "./register-values.ts";

/** Registers this near are read in one request, with those in between. */
const HOLE_words = 4;

/** What was read of one register. */
export interface Cell {
  readonly words: readonly number[];
  readonly raw: number;
  readonly value: number;
}

/** Reads and writes by the names of a map. */
export class ModbusRegisters {
  readonly #map: ModbusMap;
  readonly #line: Pick<ModbusLine, "ask" | "distrust">;

  constructor(map: ModbusMap, line: Pick<ModbusLine, "ask" | "distrust">) {
    this.#map = map;
    this.#line = line;
  }

  register(name: string): ModbusRegister {
    const found = this.#map.registers[name];
    if (found === undefined) throw new LabError("TL-3202", `The map has no register "${name}"`);
    return found;
  }

  /**
   * Reads registers, then the identity: on a line whose answers have shifted by one, the last would be something else, and nothing
   * that was read before is believed.
   */
  async read(names: readonly string[], lane: Lane = "normal"): Promise<Map<string, Cell>> {
    const found = new Map<string, Cell>();
    for (const block of blocksOf(
      names,
      (name) => this.register(name),
      this.#map.line.readWords_max,
    )) {
      const names = block.parts.map(({ name }) => name);
      const words = await this.#ask(block.request, names, lane);
      for (const { name, offset } of block.parts) {
        const register = this.register(name);
        const own = words.slice(offset, offset + wordsOf(register));
        found.set(name, this.#cell(register, own));
      }
    }
    await this.confirm(lane);
    return found;
  }

  /** Words from an address on, as they are. */
  async readWords(address: number, count: number): Promise<number[]> {
    const words: number[] = [];
    while (words.length < count) {
      const part = Math.min(this.#map.line.readWords_max, count - words.length);
      const request = {
        kind: "read",
        fn: 3,
        address: address + words.length,
        count: part,
      } as const;
      words.push(...(await this.#ask(request, ["course"])));
    }
    await this.confirm("normal");
    return words;
  }

  /** Writes values and reads each back. TL-3204 where the device kept another one. */
  async write(
    list: readonly { readonly register: string; readonly write: number }[],
    lane: Lane = "normal",
    signal?: AbortSignal,
  ): Promise<void> {
    for (const one of list) {
      if (signal?.aborted === true) throw stoppedError();
      const register = this.register(one.register);
      const words = encodeValue(one.write, register, this.#map.wordOrder);
      await this.writeWords(register.address, words, lane, one.register);
      const kept = (await this.read([one.register], lane)).get(one.register);
      if (String(kept?.words) !== String(words))
        throw new LabError(
          "TL-3204",
          `${one.write} was written to ${one.register} (register ${register.address}), and ${kept?.value} is there`,
        );
    }
  }

  async writeWords(
    address: number,
    words: readonly number[],
    lane: Lane,
    name: string,
  ): Promise<void> {
    const { writeWords_max } = this.#map.line;
    for (let k = 0; k < words.length; k += writeWords_max) {
      const part = words.slice(k, k + writeWords_max);
      const at = address + k;
      // A single register is written by the function that every model has.
      const request: ModbusRequest =
        writeWords_max === 1
          ? { kind: "write", fn: 6, address: at, word: part[0] ?? 0 }
          : { kind: "write", fn: 16, address: at, words: part };
      await this.#ask(request, [name], lane);
    }
  }

  /** Throws, and gives the connection up, where the device does not answer as itself. */
  async confirm(lane: Lane): Promise<void> {
    const [request] = blocksOf([this.#map.identity.register], (name) => this.register(name), 2);
    if (request === undefined) return;
    const words = await this.#ask(request.request, [this.#map.identity.register], lane);
    const problem = this.identityProblem(words);
    if (problem === undefined) return;
    this.#line.distrust(problem);
    throw new LabError("TL-3203", `Nothing that was read is believed: ${problem}`, {
      retryable: true,
    });
  }

  identityProblem(words: readonly number[]): string | undefined {
    const { register, mask, equals } = this.#map.identity;
    const { raw } = this.#cell(this.register(register), words);
    if (isOneOf(raw, equals, mask)) return undefined;
    return `${register} is ${hex(maskedBy(raw, mask))}, not ${equals.map(hex).join(" or ")}`;
  }

  identityRequest(): ModbusRequest {
    const register = this.register(this.#map.identity.register);
    const fn = register.table === "input" ? 4 : 3;
    return { kind: "read", fn, address: register.address, count: wordsOf(register) };
  }

  /** Whatever goes wrong is told with the map's names of what was asked for. */
  async #ask(request: ModbusRequest, names: readonly string[], lane?: Lane): Promise<number[]> {
    try {
      return await this.#line.ask(request, lane);
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      const { code, message, hint, retryable, context } = error;
      const said = `${message} (${names.join(", ")} in the map)`;
      throw new LabError(code, said, { hint, retryable, context, cause: error });
    }
  }

  #cell(register: ModbusRegister, words: readonly number[]): Cell {
    const { wordOrder } = this.#map;
    const raw = rawOf(words, register.type, wordOrder);
    return { words, raw, value: scaledOf(words, register, wordOrder) };
  }
}

interface Block {
  readonly request: Extract<ModbusRequest, { kind: "read" }>;
  readonly parts: readonly { readonly name: string; readonly offset: number }[];
}

/** As few requests as the bound lets; registers far apart are not read together, for models refuse what they do not have. */
export function blocksOf(
  names: readonly string[],
  registerOf: (name: string) => ModbusRegister,
  words_max: number,
): Block[] {
  const all = [...new Set(names)]
    .map((name) => ({ name, register: registerOf(name) }))
    .sort((a, b) => a.register.address - b.register.address);
  const blocks: {
    fn: 3 | 4;
    address: number;
    end: number;
    parts: { name: string; offset: number }[];
  }[] = [];
  for (const { name, register } of all) {
    const { address, table } = register;
    const fn = table === "input" ? 4 : 3;
    const end = address + wordsOf(register);
    const last = blocks.find(
      (block) =>
        block.fn === fn && address - block.end <= HOLE_words && end - block.address <= words_max,
    );
    if (last === undefined) blocks.push({ fn, address, end, parts: [{ name, offset: 0 }] });
    else {
      last.parts.push({ name, offset: address - last.address });
      last.end = Math.max(last.end, end);
    }
  }
  return blocks.map(({ fn, address, end, parts }) => ({
    request: { kind: "read", fn, address, count: end - address },
    parts,
  }));
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}
