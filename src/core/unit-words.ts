/** UCUM codes that people write otherwise. */
const WRITTEN: Readonly<Record<string, string>> = {
  "1": "",
  Cel: "°C",
  "[degF]": "°F",
  deg: "°",
  Ao: "Å",
  angstrom: "Å",
  um: "µm",
  ug: "µg",
  uL: "µL",
  us: "µs",
  Ohm: "Ω",
  "[ppm]": "ppm",
  "{r}/min": "rpm",
};

/** A unit as people write it: `Cel` is `°C`, `1` nothing. */
export function unitInWords(unit: string): string {
  return Object.hasOwn(WRITTEN, unit) ? (WRITTEN[unit] ?? unit) : unit;
}

/** `strength [MPa]`: the head of a column; the name alone where the unit is none or is not known. */
export function columnHead(name: string, unit: string | undefined): string {
  const written = unit === undefined ? "" : unitInWords(unit);
  return written === "" ? name : `${name} [${written}]`;
}
