import type { LineMap } from "../../../config/devices/line-map.ts";
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
import { createTextLine, type TextLine } from "./text-line.ts";

export interface LineControllerOptions {
  readonly map: LineMap;
  /** `tcp://host:7777`, `serial:///dev/ttyUSB0?baud=57600&parity=odd`. */
  readonly address: string;
  readonly clock: Clock & Timers;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** What was told is asked for so often before it counts as not obeyed. */
const READ_BACK_TIMES = 3;

/** A temperature controller that is spoken to in lines of text, by the definition of its model. */
export class LineController implements ThermalController {
  readonly model: string;
  readonly kind: string;
  readonly hasProgram = false;
  readonly canHold = false;
  /** It has no room for a job's number: a power cycle shows by its heater, which is off. */
  readonly token_max = 0xffff;
  readonly resolution: number;
  readonly rate_min: number;
  readonly rest: number;
  readonly limits: { readonly min: number; readonly max: number };
  readonly units: ThermalController["units"];
  readonly birthChecks: readonly string[];
  readonly #map: LineMap;
  readonly #line: TextLine;
  /** Where its set point is on its way to, as far as we told it. */
  #target: number | undefined;
  #isBorn = false;
  #looks = 0;
  #isMisfit = false;

  constructor({ map, address, clock }: LineControllerOptions) {
    const at = parseAddress(address, map.line.port);
    const { min, max, rest, decimals } = map.setPoint;
    this.#map = map;
    this.model = map.model;
    this.kind = map.kind;
    this.rest = rest;
    this.birthChecks = [
      `identity (${map.identity.ask})`,
      ...map.verify.map(({ ask }) => `verify (${ask})`),
    ];
    this.limits = { min, max };
    this.resolution = 0.51 * 10 ** -decimals;
    this.rate_min = map.ramp === undefined ? 0 : Math.max(map.ramp.min, 10 ** -map.ramp.decimals);
    const { thermal, ramp, measured } = map;
    const rate = ramp?.unit ?? thermal.rate?.unit ?? "K/min";
    this.units = { temperature: measured.unit, rate, dwell: "s" };
    const { timeout_ms, gap_ms, quiet_ms, ending } = map.line;
    this.#line = createTextLine({
      ...{ timeout_ms, gap_ms, quiet_ms, ending, clock },
      connect: (signal) => connectTo(at, signal),
      verify: async (ask) =>
        this.#checkIdentity(await ask({ text: map.identity.ask, isQuestion: true })),
    });
  }

  async open(): Promise<void> {
    await openAsItself(async () => {
      const misfit = await this.#misfit();
      // Set up otherwise since its birth: that is each look's to say.
      if (misfit !== undefined && !this.#isBorn) throw new LabError("TL-3202", misfit);
      this.#isBorn = true;
    });
  }

  /** People set it up otherwise at the panel, at any time: it is asked at each look. */
  async #misfit(lane?: Lane): Promise<string | undefined> {
    for (const { ask, matches, says } of this.#map.verify) {
      const answer = await this.#ask(ask, lane);
      if (!new RegExp(matches).test(answer))
        return `This ${this.model} is set up otherwise: ${says} (${ask} gives ${answer})`;
    }
    return undefined;
  }

  close(): void {
    this.#line.close();
  }

  /** The identity comes last: had the answers shifted by one, it would be something else, and the whole look is thrown away. */
  async look({ isIdle = false } = {}): Promise<ThermalLook> {
    const { measured, setPoint, ramp, output, state, health, identity } = this.#map;
    const value = await this.#number(measured);
    const bits = measured.flag === undefined ? 0 : Number(await this.#ask(measured.flag.ask));
    const working = await this.#number(setPoint);
    const isMoving = ramp?.moving.equals.includes(await this.#ask(ramp.moving.ask)) === true;
    const power = output === undefined ? undefined : await this.#number(output);
    const said = await this.#ask(state.ask);
    const well = health === undefined ? undefined : await this.#ask(health.ask);
    const isAsked = !isIdle || this.#isMisfit || this.#looks++ % SET_UP_EVERY === 0;
    const misfit = isAsked ? await this.#misfit() : undefined;
    this.#isMisfit = misfit !== undefined;
    const name = await this.#ask(identity.ask);
    if (!new RegExp(identity.matches).test(name)) {
      this.#line.distrust("the answers have shifted");
      throw new LabError("TL-3203", `The device gave ${name} where it says its name`, {
        retryable: true,
      });
    }
    const broken = brokenSensor(value, bits, measured);
    const isFaulty = health !== undefined && !health.equals.includes(well ?? "");
    if (misfit !== undefined) {
      const nothing = { measured: undefined, setPoint: Number.NaN, isAutomatic: true };
      return { ...nothing, state: this.#stateOf(said), misfit };
    }
    return {
      state: isFaulty ? "fault" : this.#stateOf(said),
      measured: broken === undefined ? value : undefined,
      setPoint: isMoving ? (this.#target ?? working) : working,
      working,
      output: power,
      isAutomatic: true,
      problem: isFaulty ? health.says : broken,
    };
  }

  refuse({ target, rate }: ThermalPlan): string | undefined {
    const { setPoint, ramp } = this.#map;
    if (!(target >= setPoint.min && target <= setPoint.max))
      return `a set point of ${target} is outside ${setPoint.min} to ${setPoint.max}`;
    // Below its last decimal it would arrive as 0, which switches the ramp off.
    if (ramp !== undefined && !(rate >= this.rate_min && rate <= ramp.max))
      return `a rate of ${rate} ${ramp.unit} is outside ${this.rate_min} to ${ramp.max}`;
    return undefined;
  }

  /** The way begins where the sample is, not where the last job ended. */
  async prepare(plan: ThermalPlan, signal: AbortSignal): Promise<void> {
    const { ramp, measured, setPoint } = this.#map;
    if (ramp === undefined) return;
    await this.#tell(ramp.off);
    const here = await this.#number(measured);
    await this.#setPoint(Math.min(setPoint.max, Math.max(setPoint.min, here)), "normal");
    if (signal.aborted) throw stoppedError();
    await this.#write(ramp, plan.rate, "normal");
  }

  async start(plan: ThermalPlan, signal: AbortSignal): Promise<void> {
    this.#target = plan.target;
    await this.#setPoint(plan.target, "normal");
    if (signal.aborted) throw stoppedError();
    await this.#commands(this.#map.commands.start, "normal", signal);
  }

  async holds(plan: ThermalPlan): Promise<boolean> {
    const { setPoint, ramp } = this.#map;
    const now = await this.#number(setPoint);
    const isThere = Math.abs(now - plan.target) <= this.resolution;
    if (isThere || ramp === undefined) return isThere;
    const isMoving = ramp.moving.equals.includes(await this.#ask(ramp.moving.ask));
    const rate = await this.#number(ramp);
    // On its way at our rate: where it ends shows at the end.
    const isOurs = isMoving && Math.abs(rate - plan.rate) <= 0.51 * 10 ** -ramp.decimals;
    if (isOurs) this.#target = plan.target;
    return isOurs;
  }

  hold(): Promise<void> {
    return Promise.reject(new LabError("TL-3202", `A ${this.model} cannot hold a job`));
  }

  resume(): Promise<void> {
    return this.hold();
  }

  async stop(): Promise<void> {
    this.#target = undefined;
    const { commands, ramp } = this.#map;
    await this.#line.urgently(async () => {
      // One part that is refused keeps no other from being done.
      await everyOne([
        ...commands.stop.map((one) => () => this.#commands([one], "urgent")),
        async () => {
          if (ramp !== undefined) await this.#tell(ramp.off, "urgent");
        },
        () => this.#toRest(),
      ]);
    });
  }

  /** One that is set up otherwise by now may take the same number for another temperature: it is never raised by that. */
  async #toRest(): Promise<void> {
    const { rest } = this;
    const { setPoint, commands } = this.#map;
    const misfit = await this.#misfit("urgent");
    if (misfit === undefined) return await this.#setPoint(rest, "urgent");
    const now = await this.#number(setPoint, "urgent");
    // In whatever unit, a lower number is a lower temperature.
    if (rest < now) return await this.#setPoint(rest, "urgent");
    if (commands.stop.length === 0 && rest !== now)
      throw new LabError("TL-3204", `Its set point is left as it is: ${misfit}`);
  }

  #ask(text: string, lane?: Lane): Promise<string> {
    return this.#line.ask({ text, isQuestion: true }, lane);
  }

  /** Nothing is answered: whoever tells asks afterwards. */
  #tell(text: string, lane?: Lane): Promise<void> {
    return this.#line.tell({ text, isQuestion: false }, lane);
  }

  #checkIdentity(answer: string): void {
    const { matches, ask } = this.#map.identity;
    if (new RegExp(matches).test(answer)) return;
    // Not for good: a late answer to an earlier question may have been in its place.
    throw new LabError("TL-3202", `This is no ${this.model}: ${ask} gives ${answer}`, {
      retryable: true,
    });
  }

  async #number(
    { ask, field }: { readonly ask: string; readonly field: number },
    lane: Lane = "normal",
  ): Promise<number> {
    const answer = await this.#ask(ask, lane);
    const text = answer.split(",")[field - 1]?.trim() ?? "";
    if (NUMBER.test(text)) return Number(text);
    throw new LabError("TL-3203", `The device answered ${answer} to ${ask}`, { retryable: true });
  }

  async #setPoint(value: number, lane: Lane): Promise<void> {
    await this.#write(this.#map.setPoint, value, lane, async () => {
      // While it moves it tells where it is, not where it goes.
      const { ramp } = this.#map;
      if (ramp === undefined) return false;
      return ramp.moving.equals.includes(await this.#ask(ramp.moving.ask, lane));
    });
  }

  /** Rounded to what the device keeps, told, and read back. */
  async #write(
    what: {
      readonly ask: string;
      readonly field: number;
      readonly write: string;
      readonly decimals: number;
    },
    value: number,
    lane: Lane,
    isOnItsWay: () => Promise<boolean> = async () => false,
  ): Promise<void> {
    const words = what.write.replace("{value}", value.toFixed(what.decimals));
    let kept = Number.NaN;
    for (let times = 1; times <= READ_BACK_TIMES; times++) {
      await this.#tell(words, lane);
      kept = await this.#number(what, lane);
      if (Math.abs(kept - value) <= 0.51 * 10 ** -what.decimals || (await isOnItsWay())) return;
    }
    throw new LabError("TL-3204", `${words} was told, but ${what.ask} gives ${kept}`);
  }

  async #commands(
    list: LineMap["commands"]["start"],
    lane: Lane,
    signal?: AbortSignal,
  ): Promise<void> {
    for (const { write, ask, equals } of list) {
      let answer = "";
      for (let times = 1; times <= READ_BACK_TIMES && answer !== equals; times++) {
        if (signal?.aborted === true) throw stoppedError();
        await this.#tell(write, lane);
        answer = await this.#ask(ask, lane);
      }
      if (answer !== equals)
        throw new LabError("TL-3204", `${write} was told, but ${ask} gives ${answer}`);
    }
  }

  #stateOf(said: string): ThermalLook["state"] {
    const { ready, busy, ask } = this.#map.state;
    if (ready.includes(said)) return "ready";
    if (busy.includes(said)) return "busy";
    const what = `${ask} gives ${said}, which its definition does not know`;
    throw new LabError("TL-3203", what, { retryable: true });
  }
}

function brokenSensor(
  value: number,
  bits: number,
  { min, max, flag }: LineMap["measured"],
): string | undefined {
  if (flag !== undefined && !Number.isInteger(bits)) return "its status is no number";
  if (flag !== undefined && (bits & flag.mask) !== 0) return `the sensor's status is ${bits}`;
  return value >= min && value <= max ? undefined : `${value} is beyond its scale`;
}
