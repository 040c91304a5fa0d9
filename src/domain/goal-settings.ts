import type { Composition, PhaseName } from "./observation.ts";

/** Settings of a phase-diagram campaign's model. Absent fields mean the product's best. */
export interface PhaseDiagramSettings {
  readonly method?: string | undefined;
  readonly score?: string | undefined;
  readonly diversity?: string | undefined;
  readonly coexistence?: "off" | "midpoint" | "full" | undefined;
  /** Number of space-filling points before the model chooses; ignored where enough is known. */
  readonly initial?: number | undefined;
  /** Points whose phases are known beforehand; not counted as experiments. */
  readonly known?: readonly KnownPhases[] | undefined;
  /** Column whose value every point of a batch shares. */
  readonly shared?: string | undefined;
  /** Starts on every n-th value of each axis of a regular grid and goes to finer ones near boundaries only. */
  readonly refineFrom_steps?: number | undefined;
  /** Width of the label-propagation kernel: exp(-gamma d^2) on z-scored axes; absent: tied to the grid's step. */
  readonly gamma?: number | undefined;
  /** Where diffractometers bring patterns and not phases: what names the phases in them. */
  readonly patterns?: PatternSettings | undefined;
  /** Standard deviation of each measured phase composition, mole fraction; absent: learnt from the results. */
  readonly compositionNoise_molFraction?: number | undefined;
  readonly stop?:
    | {
        /** Results in a row that changed no label of the map. */
        readonly mapUnchanged?: number | undefined;
        /** Estimated share of wrong labels, 0..1. */
        readonly error_max?: number | undefined;
        /** Estimated chance that a label has not been seen yet, 0..1. */
        readonly unseenChance_max?: number | undefined;
      }
    | undefined;
}

/** How phases are named in diffraction patterns. */
export interface PatternSettings {
  /** Folders or files of references. */
  readonly references: readonly string[];
  /** Limits the references to those made of these elements. */
  readonly elements?: readonly string[] | undefined;
  /** How far a reference's cell may be off in all lengths and still be that phase; by its name. Absent: 0.07. */
  readonly strainLimits?: Readonly<Record<string, number>> | undefined;
  /**
   * By reference: compositions of the phase with the strain of its cell there, so that cells tell the ends of tie-lines (Vegard's law).
   * One composition is a compound that takes up nothing. Absent: patterns tell no compositions.
   */
  readonly vegard?: Readonly<Record<string, readonly CellAtComposition[]>> | undefined;
  /** Of a sample; absent: as many as components, at most 4. */
  readonly phases_max?: number | undefined;
  /** Absent: a doubtful sample is not scanned again. */
  readonly rescan?: RescanSettings | undefined;
  /** How often a person has had the patterns read again: references are then read again too. */
  readonly reading?: number | undefined;
}

/** A composition of a phase and its cell there. */
export interface CellAtComposition {
  /** Amounts of the campaign's components; one that is not named is absent. */
  readonly at: Composition;
  /** By how much all lengths of the cell are off the reference's: a / a_reference - 1; absent: 0. */
  readonly strain?: number | undefined;
}

/** When a sample is scanned again, and how. */
export interface RescanSettings {
  /** The campaign's alternative recipe: one longer scan of the same sample. */
  readonly recipe: string;
  /** A phase whose probability lies between these is doubtful; so is a sample with lines that nothing explains. */
  readonly presence_min: number;
  readonly presence_max: number;
}

export interface KnownPhases {
  readonly at: Composition;
  readonly phases: readonly PhaseName[];
}

/** One quantity to make small, large, or to bring to a target. */
export interface ObjectiveSetting {
  readonly name: string;
  readonly direction: "min" | "max" | "target";
  /** For `target`: the range wanted. */
  readonly range?: { readonly min: number; readonly max: number } | undefined;
  /** For `min` and `max`, several objectives: the reference point of the hypervolume. */
  readonly reference?: number | undefined;
  /** UCUM unit of its values; absent: that of its name, else of the first result. Results are converted. */
  readonly unit?: string | undefined;
  /** What can be true, in its unit: a result outside is a failure of the experiment and is not learnt. */
  readonly plausible?:
    | { readonly min?: number | undefined; readonly max?: number | undefined }
    | undefined;
}

/** A measured quantity that must lie in a range, learnt like an objective. */
export interface OutcomeConstraint {
  readonly name: string;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly unit?: string | undefined;
  readonly plausible?: ObjectiveSetting["plausible"];
}

/** min <= sum of coefficient * axis <= max: candidates outside are never proposed. */
export interface InputConstraint {
  readonly coefficients: Readonly<Record<string, number>>;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** By how much the sum may pass `min` or `max`, in its unit; absent: rounding only. */
  readonly tolerance?: number | undefined;
}

/** Settings of an optimisation. Absent fields mean the product's best. */
export interface OptimiseSettings {
  readonly objectives: readonly ObjectiveSetting[];
  readonly acquisition?: string | undefined;
  readonly kernel?: string | undefined;
  /** Columns that the model learns from; absent: every column but the cost. */
  readonly inputs?: readonly string[] | undefined;
  /** Positive columns whose values differ by factors (durations, concentrations): the model learns from their logarithms. */
  readonly logInputs?: readonly string[] | undefined;
  /** Results from a space-filling design before the model chooses. */
  readonly initial?: number | undefined;
  readonly initialDesign?: "sobol" | "latin-hypercube" | "random" | undefined;
  /** Column whose value every point of a batch shares. */
  readonly shared?: string | undefined;
  readonly constraints?: readonly OutcomeConstraint[] | undefined;
  readonly inputConstraints?: readonly InputConstraint[] | undefined;
  /** Column with each candidate's cost (positive): gain per cost is made large. */
  readonly cost?: string | undefined;
  /** Deviations above the mean that `upper-confidence-bound` credits. */
  readonly exploration?: number | undefined;
  /** Both limits hold for the first objective, in its unit. */
  readonly stop?:
    | {
        readonly expectedGain_min?: number | undefined;
        readonly regret_max?: number | undefined;
      }
    | undefined;
}

export interface StructureMapSettings extends PhaseDiagramSettings {
  /** Model file of `structure train`. */
  readonly structureModel: string;
  /** Share of atoms from which a class counts as a phase of the run, 0..1. */
  readonly fraction_min?: number | undefined;
  /** What a result of each kind of instrument is worth, and what it costs. */
  readonly evidence?:
    | {
        readonly simulation?: EvidenceSetting | undefined;
        readonly measurement?: EvidenceSetting | undefined;
      }
    | undefined;
}

export interface EvidenceSetting {
  /** Factor on the confidence of a result, 0..1. Without it 0.9 for simulations, 1 for measurements. */
  readonly fidelity?: number | undefined;
  /** In any unit, the same for both; without it 1. */
  readonly cost?: number | undefined;
  /** How many of this kind may be in flight; without it the campaign's own bound alone counts. */
  readonly inFlight?: number | undefined;
}

export interface EffectiveModelSettings {
  /** The cluster, its couplings and prior, as `effective-model estimate` takes them; `curves` may hold earlier data. */
  readonly spec: Readonly<Record<string, unknown>>;
  /**
   * Present where experiments are forward calculations on runners: the couplings are what is proposed, and the curves
   * in `spec` are what they must explain.
   */
  readonly forward?: { readonly timeLimit_s?: number | undefined } | undefined;
  /** What is to be known, a coupling's name or `spinGap_meV` (default), and the standard error at which to stop. */
  readonly target?: { readonly quantity: string; readonly error_max: number } | undefined;
  /** Standard error of one measured value where results do not tell it. */
  readonly sigma?: number | undefined;
}

export type GoalSettings =
  | { readonly goal: "phase-diagram"; readonly model: PhaseDiagramSettings }
  | { readonly goal: "optimise"; readonly model: OptimiseSettings }
  | { readonly goal: "structure-map"; readonly model: StructureMapSettings }
  | { readonly goal: "effective-model"; readonly model: EffectiveModelSettings };

/** What a campaign classifies trajectories by; `undefined` where its goal takes none. */
export function structureModelOf(
  spec: GoalSettings,
): Pick<StructureMapSettings, "structureModel" | "fraction_min"> | undefined {
  return spec.goal === "structure-map" ? spec.model : undefined;
}
