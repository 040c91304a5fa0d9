import type { ModbusMap } from "../../../config/devices/modbus-map.ts";
import type { Clock, Timers } from "../../../src/core/clock.ts";
import { LabError } from "../../../src/core/errors.ts";
import { connectTo, parseAddress } from "../connection.ts";
import type { Lane } from "../question-line.ts";
import {
  SET_UP_EVERY,
  type ThermalController,
  type ThermalLook,
  type ThermalPlan,
} from "../thermal/controller.ts";
import { everyOne } from "../thermal/every-one.ts";
import { openAsItself } from "../thermal/open-as-itself.ts";
import { stoppedError } from "../thermal/stopped-error.ts";
import { brokenSensor } from "./broken-sensor.ts";
import {
  birthProblem,
  birthRegisters,
  checkBirth,
  rangeOf,
  setUpProblem,
  setUpRegisters,
} from "./check-birth.ts";
import { mbapFraming, rtuFraming } from "./framing.ts";
import { createModbusLine, type ModbusLine } from "./modbus-line.ts";
import { programWords } from "./modbus-program.ts";
import { type Cell, ModbusRegisters } from "./modbus-registers.ts";
import { onlyLowers } from "./only-lowers.ts";
import { encodeValue, isOneOf, maskedBy, refuseVanishing, stepOf } from "./register-values.ts";

export interface ModbusControllerOptions {
  readonly map: ModbusMap;
  /** `tcp://host:502`, `rtu+tcp://host:port`, `serial:///dev/ttyUSB0?baud=9600`. */
  readonly address: string;
  readonly unit: number;
  readonly clock: Clock & Timers;
}

/** What was read. `misfit`: why none of it is believed; `doubt`: why nobody can tell yet whether it is meant as the map says. */
interface Seen {
  readonly cells: Map<string, Cell>;
  readonly misfit?: string | undefined;
  readonly doubt?: string | undefined;
}

const UNTOLD =
  "its sensor is broken, so nothing tells whether its decimals are still those of its map";

/** A temperature controller by the register table of its model. */
export class ModbusController implements ThermalController {
  readonly model: string;
  readonly kind: string;
  readonly hasProgram: boolean;
  readonly canHold: boolean;
  readonly token_max: number;
  readonly rest: number;
  readonly resolution: number;
  readonly rate_min: number;
  readonly units: ThermalController["units"];
  readonly birthChecks: readonly string[];
  readonly #map: ModbusMap;
  readonly #line: ModbusLine;
  readonly #registers: ModbusRegisters;
  #limits = { min: 0, max: 0 };
  #isBorn = false;
  #looks = 0;
  #isMisfit = false;
  #connections = 0;
  /** The connection on which all that its birth asked was seen to fit: a new one may be to a device that was changed meanwhile. */
  #known: number | undefined;

  constructor({ map, address, unit, clock }: ModbusControllerOptions) {
    const at = parseAddress(address, map.line.port);
    const { timeout_ms, gap_ms, quiet_ms } = map.line;
    this.#map = map;
    this.#line = createModbusLine({
      ...{ timeout_ms, gap_ms, quiet_ms, unit, clock },
      framing: at.kind === "tcp" && !at.rtu ? mbapFraming : rtuFraming,
      connect: (signal) => connectTo(at, signal),
      verify: async (ask) => {
        this.#connections += 1;
        const problem = this.#registers.identityProblem(
          await ask(this.#registers.identityRequest()),
        );
        if (problem !== undefined)
          // Not for good: a converter may still give out what belongs to an earlier question.
          throw new LabError("TL-3202", `This is no ${map.model}: ${problem}`, { retryable: true });
      },
    });
    this.#registers = new ModbusRegisters(map, this.#line);
    const temperature = map.registers[map.setPoint.register];
    this.model = map.model;
    this.kind = map.kind;
    this.hasProgram = map.course.by === "program";
    this.birthChecks = [
      `identity (${map.identity.register})`,
      ...map.verify.map(({ register }) => `verify (${register})`),
      ...map.twins.map(({ registers }) => `twins (${registers.join(", ")})`),
    ];
    this.canHold = map.commands.hold !== undefined && map.commands.resume !== undefined;
    this.token_max = map.token?.max ?? 0xffff;
    this.rest = map.setPoint.rest;
    this.resolution =
      temperature?.type === "float32" ? 1e-3 : 0.51 * 10 ** -(temperature?.decimals ?? 0);
    this.units = { temperature: temperature?.unit ?? "Cel", ...this.#courseUnits() };
    const [kept] = this.#neverZero({ token: 0, target: 0, rate: 0, dwell: 0 });
    this.rate_min = kept === undefined ? 0 : stepOf(kept[2]);
  }

  get limits() {
    return this.#limits;
  }

  async open(): Promise<void> {
    await openAsItself(async () => {
      try {
        this.#limits = await checkBirth(this.#map, this.#registers);
        this.#isBorn = true;
      } catch (error) {
        // Set up otherwise since its birth: that is each look's to say, and a stop must still find it.
        const isOther = error instanceof LabError && error.code === "TL-3202" && !error.retryable;
        if (!isOther || !this.#isBorn) throw error;
      }
    });
  }

  close(): void {
    this.#line.close();
  }

  async look({ isIdle = false } = {}): Promise<ThermalLook> {
    const map = this.#map;
    const { measured, setPoint, working, output, control, state, token, course } = map;
    const segment = course.by === "program" ? course.segment : undefined;
    const names = [measured.register, measured.flag?.register, setPoint.register, working, output];
    names.push(control?.register, state?.register);
    // Whose program it is and how far it is: without a job of ours nobody's.
    if (!isIdle) names.push(token?.register, segment);
    const isAsked = !isIdle || this.#isMisfit || this.#looks++ % SET_UP_EVERY === 0;
    if (isAsked) names.push(...setUpRegisters(map));
    const { cells, misfit } = await this.#see(names.filter((name) => name !== undefined));
    const cell = (name: string | undefined): Cell | undefined =>
      name === undefined ? undefined : cells.get(name);
    const found = this.#stateOf(cell(state?.register));
    this.#isMisfit = misfit !== undefined;
    if (misfit !== undefined)
      return { state: found, misfit, setPoint: Number.NaN, measured: undefined, isAutomatic: true };
    const broken = brokenSensor(this.#map, cells);
    return {
      state: found,
      measured: broken === undefined ? cell(measured.register)?.value : undefined,
      setPoint: cell(setPoint.register)?.value ?? Number.NaN,
      working: cell(working)?.value,
      output: cell(output)?.value,
      isAutomatic:
        control === undefined ||
        isOneOf(cell(control.register)?.raw ?? 0, control.automatic, control.mask),
      token: cell(token?.register)?.raw,
      segment: cell(segment)?.raw,
      problem: broken,
    };
  }

  refuse(plan: ThermalPlan): string | undefined {
    const { course, registers, setPoint } = this.#map;
    try {
      if (course.by === "program") programWords(plan, course, this.#map);
      for (const [what, value, register] of this.#neverZero(plan))
        refuseVanishing(what, value, register);
      for (const [name, value] of [
        [setPoint.register, plan.target],
        [course.by === "setPoint" ? course.rate : undefined, plan.rate],
      ] as const) {
        const register = name === undefined ? undefined : registers[name];
        if (register !== undefined) encodeValue(value, register, this.#map.wordOrder);
      }
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async prepare(plan: ThermalPlan, signal: AbortSignal): Promise<void> {
    const { course, token, setPoint } = this.#map;
    const tokens = token === undefined ? [] : [{ register: token.register, write: plan.token }];
    await this.#registers.write(tokens, "normal", signal);
    if (course.by === "setPoint") {
      const rates = course.rate === undefined ? [] : [{ register: course.rate, write: plan.rate }];
      return await this.#registers.write(rates, "normal", signal);
    }
    // A program begins and ends at rest.
    const rest = [{ register: setPoint.register, write: setPoint.rest }];
    await this.#registers.write([...course.before, ...rest], "normal", signal);
    for (const { address, word } of programWords(plan, course, this.#map)) {
      if (signal.aborted) throw stoppedError();
      await this.#registers.writeWords(address, [word], "normal", "course");
    }
    if (!(await this.#holdsProgram(plan)))
      throw new LabError("TL-3204", "The program that was written is not the one that is there");
  }

  async start(plan: ThermalPlan, signal: AbortSignal): Promise<void> {
    const { course, setPoint, commands } = this.#map;
    const aim = [{ register: setPoint.register, write: plan.target }];
    await this.#registers.write(course.by === "setPoint" ? aim : [], "normal", signal);
    if (signal.aborted) throw stoppedError();
    await this.#command(commands.start, "normal", signal);
  }

  async holds(plan: ThermalPlan): Promise<boolean> {
    const { course, setPoint } = this.#map;
    if (course.by === "program") return await this.#holdsProgram(plan);
    const kept = (await this.#registers.read([setPoint.register])).get(setPoint.register);
    return kept !== undefined && Math.abs(kept.value - plan.target) <= this.resolution;
  }

  async hold(): Promise<void> {
    await this.#command(this.#map.commands.hold ?? [], "normal");
  }

  async resume(): Promise<void> {
    await this.#command(this.#map.commands.resume ?? [], "normal");
  }

  async stop(): Promise<void> {
    // One part that is refused keeps no other from being done.
    await this.#line.urgently(async () => {
      const parts = this.#map.commands.stop.map((one) => () => this.#command([one], "urgent"));
      await everyOne([...parts, () => this.#rest()]);
    });
  }

  /** A device that is set up otherwise by now may take the same number for another temperature: it is never raised by that. */
  async #rest(): Promise<void> {
    const { setPoint, commands, wordOrder } = this.#map;
    const { register, rest } = setPoint;
    const seen = await this.#see([...setUpRegisters(this.#map), register], "urgent");
    const doubt = seen.misfit ?? seen.doubt;
    const how = this.#registers.register(register);
    const now = seen.cells.get(register)?.words ?? [];
    const words = encodeValue(rest, how, wordOrder);
    if (doubt === undefined || onlyLowers(words, now, how, this.#map))
      return await this.#registers.write([{ register, write: rest }], "urgent");
    if (commands.stop.length === 0 && words.some((word, k) => word !== now[k]))
      throw new LabError("TL-3204", `Its set point is left as it is: ${doubt}`);
  }

  /**
   * A command's register may answer with the state that followed from it, or not at all: the state tells, not the register.
   */
  async #command(
    list: readonly { readonly register: string; readonly write: number }[],
    lane: Lane,
    signal?: AbortSignal,
  ): Promise<void> {
    for (const one of list) {
      if (signal?.aborted === true) throw stoppedError();
      const register = this.#registers.register(one.register);
      if (register.readable && one.register !== this.#map.state?.register) {
        await this.#registers.write([one], lane, signal);
        continue;
      }
      const words = encodeValue(one.write, register, this.#map.wordOrder);
      await this.#registers.writeWords(register.address, words, lane, one.register);
      await this.#registers.confirm(lane);
    }
  }

  async #holdsProgram(plan: ThermalPlan): Promise<boolean> {
    const { course } = this.#map;
    if (course.by !== "program") return true;
    const meant = programWords(plan, course, this.#map);
    const kept = await this.#registers.readWords(course.first, 3 * course.words);
    return meant.every(({ address, word }) => kept[address - course.first] === word);
  }

  /** What of a plan means something else where it is rounded to 0. */
  #neverZero({ rate, dwell }: ThermalPlan) {
    const { course, registers } = this.#map;
    if (course.by === "program")
      return [
        ["rate", rate, { type: "uint16", decimals: course.ramp.decimals }],
        ["dwell", dwell, { type: "uint16", decimals: course.dwell.decimals }],
      ] as const;
    const register = course.rate === undefined ? undefined : registers[course.rate];
    return register === undefined ? [] : ([["rate", rate, register]] as const);
  }

  #courseUnits(): { rate: string; dwell: string } {
    const { course, registers, thermal } = this.#map;
    if (course.by === "program") return { rate: course.ramp.unit, dwell: course.dwell.unit };
    const rate = course.rate === undefined ? undefined : registers[course.rate]?.unit;
    return { rate: rate ?? thermal.rate?.unit ?? "K/min", dwell: "s" };
  }

  /** Reads these registers, and tells whether they are to be believed. */
  async #see(names: readonly string[], lane: Lane = "normal"): Promise<Seen> {
    const map = this.#map;
    let asked = this.#connections;
    let isAll = asked !== this.#known;
    let cells = await this.#registers.read(
      isAll ? [...names, ...birthRegisters(map)] : names,
      lane,
    );
    // The connection was made for this very question.
    if (asked !== this.#connections && !isAll) {
      [asked, isAll] = [this.#connections, true];
      cells = await this.#registers.read([...names, ...birthRegisters(map)], lane);
    }
    const problem = isAll ? birthProblem(map, cells) : setUpProblem(map, cells);
    if (problem !== undefined) {
      const misfit = `It is not set up as its map says any more, so none of its values is believed: ${problem}`;
      return { cells, misfit };
    }
    if (isAll) {
      this.#limits = rangeOf(map, cells);
      // A broken sensor has no twin to be held against; and a connection that was made anew in the middle has still to tell what was read before.
      const isBroken = brokenSensor(map, cells) !== undefined;
      this.#known = isBroken ? undefined : asked;
      if (isBroken && map.twins.length > 0) return { cells, doubt: UNTOLD };
    }
    return { cells };
  }

  #stateOf(cell: Cell | undefined): ThermalLook["state"] {
    const { state } = this.#map;
    if (state === undefined) return "busy";
    const raw = cell?.raw ?? 0;
    const found = (["ready", "busy", "held", "done", "fault"] as const).find((one) =>
      isOneOf(raw, state[one], state.mask),
    );
    if (found !== undefined) return found;
    const seen = maskedBy(raw, state.mask);
    const what = `The device's ${state.register} is ${seen}, a state that its map does not know`;
    throw new LabError("TL-3203", what, { retryable: true });
  }
}
