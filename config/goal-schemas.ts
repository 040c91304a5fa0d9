import { z } from "zod";
import { GOALS, type Goal } from "../src/domain/campaign.ts";
import { OPTIMISE_SCORES } from "../src/planning/optimise/scores/index.ts";
import { inputConstraintSchema } from "./box-schema.ts";
import { rangeSchema } from "./limits-schema.ts";
import { unitSchema } from "./unit-schema.ts";

const known = z.array(
  z.strictObject({
    at: z.record(z.string(), z.number()),
    phases: z.array(z.string().min(1)).min(1),
  }),
);

const cellAtComposition = z.strictObject({
  at: z
    .record(z.string(), z.number().min(0))
    .refine((at) => Object.values(at).some((x) => x > 0), { error: "name what the phase is of" }),
  strain: z.number().min(-0.1).max(0.1).optional(),
});

const phaseDiagramModel = z.strictObject({
  method: z
    .enum(["harmonic", "gaussian-process", "label-propagation", "label-spreading"])
    .optional(),
  gamma: z.number().positive().optional(),
  score: z.string().optional(),
  diversity: z.string().optional(),
  coexistence: z.enum(["off", "midpoint", "full"]).optional(),
  initial: z.number().int().min(0).optional(),
  known: known.optional(),
  shared: z.string().optional(),
  refineFrom_steps: z.number().int().min(2).max(1000).optional(),
  patterns: z
    .strictObject({
      references: z.array(z.string().min(1)).min(1),
      elements: z
        .array(z.string().regex(/^[A-Z][a-z]?$/))
        .min(1)
        .optional(),
      strainLimits: z.record(z.string(), z.number().min(0).max(0.1)).optional(),
      vegard: z.record(z.string(), z.array(cellAtComposition).min(1).max(20)).optional(),
      phases_max: z.number().int().min(1).max(6).optional(),
      rescan: z
        .strictObject({
          parameters: z.record(z.string(), z.union([z.number(), z.string()])),
          timeLimit_s: z.number().positive().optional(),
          presence: z
            .strictObject({ min: z.number().min(0).max(1), max: z.number().min(0).max(1) })
            .default({ min: 0.05, max: 0.95 }),
        })
        .optional(),
    })
    .optional(),
  compositionNoise_molFraction: z.number().min(0).max(0.5).optional(),
  stop: z
    .strictObject({
      mapUnchanged: z.number().int().min(1).optional(),
      error_max: z.number().min(0).max(1).optional(),
      unseenChance_max: z.number().min(0).max(1).optional(),
    })
    .optional(),
});

/** Of every measured number: its unit, and what can be true of it. */
const measured = { unit: unitSchema.optional(), plausible: rangeSchema.optional() };

const objective = z.strictObject({
  name: z.string().min(1),
  direction: z.enum(["min", "max", "target"]),
  range: z.strictObject({ min: z.number(), max: z.number() }).optional(),
  reference: z.number().optional(),
  ...measured,
});

const optimiseModel = z.strictObject({
  objectives: z.array(objective).min(1).max(6),
  acquisition: z.enum(OPTIMISE_SCORES.map(({ name }) => name)).optional(),
  kernel: z.enum(["matern-5/2", "squared-exponential"]).optional(),
  inputs: z.array(z.string().min(1)).min(1).optional(),
  logInputs: z.array(z.string().min(1)).optional(),
  initial: z.number().int().min(0).optional(),
  initialDesign: z.enum(["sobol", "latin-hypercube", "random"]).optional(),
  shared: z.string().optional(),
  constraints: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        min: z.number().optional(),
        max: z.number().optional(),
        ...measured,
      }),
    )
    .optional(),
  inputConstraints: z.array(inputConstraintSchema).optional(),
  cost: z.string().min(1).optional(),
  exploration: z.number().min(0).optional(),
  stop: z
    .strictObject({
      expectedGain_min: z.number().positive().optional(),
      regret_max: z.number().min(0).optional(),
    })
    .optional(),
});

const evidenceSetting = z.strictObject({
  fidelity: z.number().min(0.05).max(1).optional(),
  cost: z.number().positive().optional(),
  inFlight: z.number().int().min(0).optional(),
});

const structureMapModel = z.strictObject({
  ...phaseDiagramModel.omit({ patterns: true }).shape,
  structureModel: z.string().min(1),
  fraction_min: z.number().min(0).max(1).optional(),
  evidence: z
    .strictObject({
      simulation: evidenceSetting.optional(),
      measurement: evidenceSetting.optional(),
    })
    .optional(),
});

const effectiveModelModel = z.strictObject({
  spec: z.record(z.string(), z.unknown()),
  forward: z.strictObject({ timeLimit_s: z.number().positive().optional() }).optional(),
  target: z.strictObject({ quantity: z.string(), error_max: z.number().positive() }).optional(),
  sigma: z.number().positive().optional(),
});

/** What a campaign's settings may say for each goal; a goal that is forgotten here does not compile. */
const SCHEMAS = {
  "phase-diagram": z.strictObject({ goal: z.literal("phase-diagram"), model: phaseDiagramModel }),
  optimise: z.strictObject({ goal: z.literal("optimise"), model: optimiseModel }),
  "structure-map": z.strictObject({ goal: z.literal("structure-map"), model: structureMapModel }),
  "effective-model": z.strictObject({
    goal: z.literal("effective-model"),
    model: effectiveModelModel,
  }),
} satisfies Readonly<Record<Goal, z.ZodType>>;

type GoalSchema = (typeof SCHEMAS)[Goal];

/** What a campaign is after, with the settings of its model. */
export const goalSchema = z.discriminatedUnion(
  "goal",
  Object.values(SCHEMAS) as [GoalSchema, ...GoalSchema[]],
  { error: `write goal: ${GOALS.slice(0, -1).join(", ")} or ${GOALS.at(-1)}` },
);

/** What a campaign of each goal may have besides. */
export const GOAL_RULES: Readonly<Record<Goal, GoalRules>> = {
  "phase-diagram": { alternatives: false, words: false },
  optimise: { alternatives: false, words: true },
  "structure-map": { alternatives: true, words: false },
  "effective-model": { alternatives: false, words: false },
};

export interface GoalRules {
  /** Recipes of another kind of instrument beside its own. */
  readonly alternatives: boolean;
  /** Words as values of an axis: a category. */
  readonly words: boolean;
}
