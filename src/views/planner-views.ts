/**
 * What the planners' views mean to the page: the fields of each `kind`, read from plain JSON. Readers accept a view that
 * lacks an optional field and refuse (`undefined`) one that is of another kind.
 */
export interface DrawableView {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** A map of phases over candidates; arrays run over the candidates in their order. */
export interface PhaseDiagramView {
  readonly kind: "phase-diagram" | "structure-map";
  /** Names of the labels (sets of phases, `A+B`). */
  readonly labels: readonly string[];
  /** Place in `labels` of the likeliest label, -1 where nothing is known. */
  readonly labelIndex: readonly number[];
  /** Probability of that label, 0..1. */
  readonly certainty: readonly number[];
  /** Names of the mole fractions; absent where the view doesn't say. */
  readonly components?: readonly string[] | undefined;
  /** For each label one probability a candidate, where they were asked for. */
  readonly probabilities?: readonly (readonly number[])[] | undefined;
  readonly tieLines: readonly TieLineView[];
  readonly triangles: readonly TriangleView[];
  /** Candidates whose label was not measured but follows from one result: that result's position, by row. */
  readonly derivedFrom?: ReadonlyMap<number, number> | undefined;
  /** What was found out beyond labels, one sentence each. */
  readonly findings?: readonly string[] | undefined;
}

export interface TieLineView {
  readonly phases: readonly string[];
  /** Compositions (and further axes) of the two ends, by axis name. */
  readonly ends: readonly Readonly<Record<string, number>>[];
}

export interface TriangleView {
  readonly phases: readonly string[];
  readonly corners: readonly Readonly<Record<string, number>>[];
}

export function readPhaseDiagramView(view: DrawableView | undefined): PhaseDiagramView | undefined {
  if (view === undefined || !["phase-diagram", "structure-map"].includes(view.kind)) {
    return undefined;
  }
  const labels = strings(view["labels"]);
  const labelIndex = numbers(view["label"]);
  if (labels === undefined || labelIndex === undefined) return undefined;
  return {
    kind: view.kind as PhaseDiagramView["kind"],
    labels,
    labelIndex,
    components: strings(view["components"]),
    probabilities: Array.isArray(view["probabilities"])
      ? view["probabilities"].map((list: unknown) => numbers(list) ?? [])
      : undefined,
    certainty: numbers(view["certainty"]) ?? labelIndex.map((k) => (k < 0 ? 0 : 1)),
    tieLines: records(view["tieLines"]).flatMap((line) => {
      const ends = records(line["ends"]).map(numbersByName);
      return ends.length === 2 ? [{ phases: strings(line["phases"]) ?? [], ends }] : [];
    }),
    triangles: records(view["triangles"]).flatMap((triangle) => {
      const corners = records(triangle["corners"]).map(numbersByName);
      return corners.length === 3 ? [{ phases: strings(triangle["phases"]) ?? [], corners }] : [];
    }),
    derivedFrom: new Map(
      Object.entries(numbersByName(view["derived"])).map(([row, from]) => [Number(row), from]),
    ),
    findings: findingsIn(view["status"]),
  };
}

/** The findings of a map's status or of a model's summary; none where it has none. */
export function findingsIn(figures: unknown): readonly string[] {
  return (isRecord(figures) ? strings(figures["findings"]) : undefined) ?? [];
}

export function strings(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === "string")
    ? (value as string[])
    : undefined;
}

/** Numbers of an array; what is no finite number becomes NaN, so that places stay aligned. */
export function numbers(value: unknown): readonly number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.map((item) => (typeof item === "number" ? item : Number.NaN));
}

export function records(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value)
    ? value.filter((item): item is Record<string, unknown> => isRecord(item))
    : [];
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function numbersByName(value: unknown): Readonly<Record<string, number>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, number] => typeof entry[1] === "number",
    ),
  );
}
