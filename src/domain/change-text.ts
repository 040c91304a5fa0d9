import type { Limit, Parameters } from "./candidate.ts";

/** How people write limits and places: on the command line and on the page. Each reader gives `undefined` where it cannot. */

/** `293..700`, `..700`, `293..`; `none` takes the limit away. */
export function readLimit(text: string): Limit | undefined {
  if (text.trim() === "none") return {};
  const [low, high, ...more] = text.split("..").map((part) => part.trim());
  if (low === undefined || high === undefined || more.length > 0) return undefined;
  const [min, max] = [low === "" ? undefined : Number(low), high === "" ? undefined : Number(high)];
  if (Number.isNaN(min) || Number.isNaN(max) || (min === undefined && max === undefined))
    return undefined;
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

/** `name=text`, separated by commas. */
export function readPairs(text: string): (readonly [string, string])[] | undefined {
  const parts = text.split(",").filter((part) => part.trim() !== "");
  const pairs = parts.map((part) => {
    const at = part.indexOf("=");
    return [part.slice(0, Math.max(0, at)).trim(), part.slice(at + 1).trim()] as const;
  });
  return pairs.some(([name, value]) => name === "" || value === "") ? undefined : pairs;
}

/** `Al=0.2, Mg=0.8`: words stay words. */
export function readPlace(text: string): Parameters | undefined {
  const pairs = readPairs(text);
  if (pairs === undefined || pairs.length === 0) return undefined;
  return Object.fromEntries(
    pairs.map(([name, value]) => [name, Number.isNaN(Number(value)) ? value : Number(value)]),
  );
}
