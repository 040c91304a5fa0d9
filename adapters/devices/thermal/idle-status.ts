import type { DeviceStatus } from "../../gateway/index.ts";
import type { ThermalController, ThermalLook } from "./controller.ts";

type Resting = Pick<ThermalController, "hasProgram" | "rest" | "resolution" | "units">;

/** What a look at a controller means that does no job of ours: free for one, in somebody's hands, or in need of a person. */
export function idleStatus(look: ThermalLook, controller: Resting): DeviceStatus {
  const { state, problem, isAutomatic, setPoint, measured, misfit } = look;
  const { hasProgram, rest, units } = controller;
  // One that only controls may run all the time: at rest is where its set point is.
  const isMoved = hasProgram
    ? isMoving(look)
    : state !== "ready" && !isNear(setPoint, rest, controller);
  if (misfit !== undefined) return { state: "fault", message: misfit };
  if (state === "fault") return { state, message: problem };
  if (isMoved)
    return {
      state: state === "held" ? "held" : "busy",
      control: "local",
      message: `somebody else uses it: set point ${setPoint} ${units.temperature}`,
    };
  if (!isAutomatic) return { state: "ready", control: "local", message: "it is in manual mode" };
  if (measured === undefined) return { state: "fault", message: problem ?? "its sensor is broken" };
  return { state: "ready" };
}

export function isMoving({ state }: ThermalLook): boolean {
  return state === "busy" || state === "held";
}

/** Set points are read back rounded to the device's decimals. */
export function isNear(a: number, b: number, { resolution }: Pick<Resting, "resolution">): boolean {
  return Math.abs(a - b) <= resolution;
}
