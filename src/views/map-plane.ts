/** Columns of a candidate table: numbers or categories, one entry a candidate. */
export type Columns = Readonly<Record<string, readonly (number | string | null)[]>>;

/** The plane in which a map is drawn. */
export type MapPlane =
  /** Three mole fractions (or percentages) that sum to a constant: top, left and right corner. */
  | {
      readonly kind: "ternary";
      readonly corners: readonly [string, string, string];
      readonly total: number;
      /** The three are what is left of a whole of more components: the triangle shows their shares among themselves. */
      readonly isPart?: boolean | undefined;
    }
  | { readonly kind: "axes"; readonly x: string; readonly y: string };

/** A parameter set's place in the plane; `undefined` where an axis is missing or no number. */
export type Placement = readonly [x: number, y: number];

const ROOT3_2 = Math.sqrt(3) / 2;
/** Columns that are tried for a sum that never changes. */
const COLUMNS_TRIED = 8;

/** Three columns whose sum is the same positive constant in every row; `undefined` where there are none. */
export function findTernaryPlane(
  columns: Columns,
): Extract<MapPlane, { kind: "ternary" }> | undefined {
  const names = numericColumns(columns).slice(0, COLUMNS_TRIED);
  for (let a = 0; a < names.length; a++) {
    for (let b = a + 1; b < names.length; b++) {
      for (let c = b + 1; c < names.length; c++) {
        const corners = [names[a], names[b], names[c]] as [string, string, string];
        const total = constantSum(columns, corners);
        if (total !== undefined) return { kind: "ternary", corners, total };
      }
    }
  }
  return undefined;
}

/** `T`, `T_K`, `T [°C]`, `T (K)`, `temperature_K`: drawn upwards, as in every T-x diagram. */
export function isTemperature(name: string): boolean {
  return /^T(?![A-Za-z0-9])|[Tt]emperature|TEMPERATURE|^[Tt]emp(?![a-z])/.test(name.trim());
}

/** Columns that hold only numbers, in the table's order. */
export function numericColumns(columns: Columns): string[] {
  return Object.entries(columns)
    .filter(([, values]) => values.every((value) => typeof value === "number"))
    .map(([name]) => name);
}

/** Whether a column has more than one value. */
export function varies(values: Columns[string] = []): boolean {
  return values.some((value) => value !== values[0]);
}

/** Columns that vary, are numeric and aren't part of the plane: temperature, time ... */
export function furtherAxes(columns: Columns, plane: MapPlane): string[] {
  const inPlane = new Set<string>(plane.kind === "ternary" ? plane.corners : [plane.x, plane.y]);
  return numericColumns(columns).filter((name) => !inPlane.has(name) && varies(columns[name]));
}

/**
 * The further axes that a section must fix: those whose value doesn't follow from the plane's and from the ones before
 * (on two axes of a composition the rest follows).
 */
export function freeAxes(columns: Columns, plane: MapPlane): string[] {
  const fixed: string[] = plane.kind === "ternary" ? [...plane.corners] : [plane.x, plane.y];
  return furtherAxes(columns, plane).filter((name) => {
    if (follows(columns, fixed, name)) return false;
    fixed.push(name);
    return true;
  });
}

/** True where each combination of values of `fixed` has one value of `name`. */
function follows(columns: Columns, fixed: readonly string[], name: string): boolean {
  const values = columns[name] ?? [];
  const seen = new Map<string, number>();
  for (let row = 0; row < values.length; row++) {
    const value = Number(values[row]);
    const key = fixed.map((axis) => Number(columns[axis]?.[row]).toPrecision(9)).join("/");
    const before = seen.get(key);
    if (before !== undefined && Math.abs(before - value) > 1e-9 * Math.max(1, Math.abs(value))) {
      return false;
    }
    seen.set(key, value);
  }
  return true;
}

/**
 * Place of a point. Ternary: A on top, B left, C right, x = a/2 + c, y = a sqrt(3)/2 with a, b, c normalised, so that the
 * triangle has the corners (1/2, sqrt(3)/2), (0, 0), (1, 0). Axes: the values themselves.
 */
export function placeIn(
  plane: MapPlane,
  parameters: Readonly<Record<string, unknown>>,
): Placement | undefined {
  if (plane.kind === "axes") {
    const [x, y] = [parameters[plane.x], parameters[plane.y]];
    return typeof x === "number" && typeof y === "number" ? [x, y] : undefined;
  }
  const { corners, total } = plane;
  const a = parameters[corners[0]];
  const b = parameters[corners[1]];
  const c = parameters[corners[2]];
  return typeof a === "number" && typeof b === "number" && typeof c === "number"
    ? placeOf(a, b, c)
    : placeOfRest([a, b, c], total);
}

function placeOf(a: number, b: number, c: number): Placement | undefined {
  const sum = a + b + c;
  return sum > 0 ? [(a / 2 + c) / sum, (ROOT3_2 * a) / sum] : undefined;
}

/** A composition that leaves out one component (it is what is left) is complete. */
function placeOfRest(values: readonly unknown[], total: number): Placement | undefined {
  const known = values.filter((value) => typeof value === "number");
  if (known.length < 2) return undefined;
  const sum = known.reduce((s, value) => s + value, 0);
  const rest = Math.max(0, (sum <= 1.0001 ? 1 : total) - sum);
  const [a = rest, b = rest, c = rest] = values.map((value) =>
    typeof value === "number" ? value : rest,
  );
  return placeOf(a, b, c);
}

/** The composition at a place of the triangle, normalised to `total`. */
export function compositionAt(
  plane: Extract<MapPlane, { kind: "ternary" }>,
  [x, y]: Placement,
): [number, number, number] {
  const a = y / ROOT3_2;
  const c = x - a / 2;
  return [a * plane.total, (1 - a - c) * plane.total, c * plane.total];
}

function constantSum(columns: Columns, names: readonly string[]): number | undefined {
  const [a = [], b = [], c = []] = names.map((name) => columns[name]);
  const sumAt = (k: number): number => Number(a[k]) + Number(b[k]) + Number(c[k]);
  const total = sumAt(0);
  if (!(total > 0)) return undefined;
  for (let k = 1; k < a.length; k++) {
    if (Math.abs(sumAt(k) - total) > 1e-3 * total) return undefined;
  }
  return a.length > 2 && names.every((name) => varies(columns[name])) ? total : undefined;
}
