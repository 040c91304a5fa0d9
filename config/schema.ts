import { z } from "zod";
import { IDENTIFIER } from "../src/domain/identifiers.ts";
import { INSTRUMENTS } from "../src/domain/limits/policy-changes.ts";
import { isTimeZone } from "../src/domain/opening-hours.ts";
import { PHOTOS_MB_MAX } from "../src/domain/photo.ts";
import { brokerSchema, operatorsSchema } from "./broker-schema.ts";
import { completeForwardCampaign } from "./forward-campaign.ts";
import { gatewaySchema } from "./gateway-schema.ts";
import { goalSchema } from "./goal-schemas.ts";
import { laboratorySchema } from "./laboratory-schema.ts";
import {
  campaignGuardsSchema,
  conditionsSchema,
  hoursSchema,
  instrumentSchema,
  limitsSchema,
  parameterSourceSchema,
} from "./limits-schema.ts";
import { checkPersonsStep, personsStep } from "./people-schema.ts";
import { spaceSchema } from "./space-schema.ts";

const identifier = z
  .string()
  .regex(IDENTIFIER, "use 1 to 64 letters, digits, dots, dashes and underscores");
/** Experiments and jobs append to a campaign's id; theirs must fit 64 characters too. */
const campaignIdentifier = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,40}$/, "use 1 to 40 letters, digits, dashes and underscores")
  .refine(
    (id) => id !== INSTRUMENTS,
    "is the name under which people decide about instruments: take another",
  );
const port = z.number().int().min(0).max(65535);

const recipeStep = z
  .strictObject({
    capability: z.string().min(1),
    parameters: z.record(z.string(), parameterSourceSchema).default({}),
    timeLimit_s: z.number().positive().default(86_400),
    /** How long its instrument may hold it before it is cancelled; without it an hour. */
    heldLimit_s: z.number().positive().max(2_592_000).optional(),
    repeatable: z.boolean().default(false),
    retries: z.number().int().min(0).max(20).default(2),
    /** When an instrument that takes several samples at once begins. */
    load: z
      .strictObject({
        fill_min: z.number().int().min(1).max(1000).optional(),
        wait_s: z.number().min(0).max(2_592_000).optional(),
      })
      .optional(),
    ...personsStep,
  })
  .superRefine(checkPersonsStep);

const campaignCommon = z.strictObject({
  id: campaignIdentifier,
  title: z.string().max(200).optional(),
  /** How people call phases, by their ids; log and tables keep the ids. */
  names: z.record(z.string().max(64), z.string().min(1).max(64)).optional(),
  seed: z.union([z.string(), z.number()]).transform(String).optional(),
  budget: z.number().int().min(1).max(1_000_000),
  inFlight: z.number().int().min(1).max(1000).default(4),
  waitForWholeBatch: z.boolean().default(false),
  approval: z.enum(["automatic", "supervised"]).default("automatic"),
  /** An approved point that has not begun within this time waits again; absent: approvals do not expire. */
  approvalExpires_s: z.number().positive().optional(),
  /** When approvals are taken, and when jobs of a capability may start, by the laboratory's `timeZone`. */
  hours: z
    .strictObject({
      approvals: hoursSchema.optional(),
      starts: z.record(z.string(), hoursSchema).optional(),
    })
    .optional(),
  autoStart: z.boolean().default(false),
  failuresInARow_max: z.number().int().min(1).max(1000).default(5),
  space: spaceSchema,
  recipe: z.array(recipeStep).min(1).max(20),
  /** Other ways to learn about a point (goal structure-map): `measurement` beside a recipe of simulations, or the reverse. */
  alternatives: z
    .partialRecord(z.enum(["measurement", "simulation"]), z.array(recipeStep).min(1).max(20))
    .optional(),
  limits: limitsSchema.default({}),
  /** Limits on several set points at once: always: "a + b <= 1", never: "Zn > 0.3 and temperature_K > 900". */
  conditions: conditionsSchema.optional(),
  /** What must hold of instruments' readings while the campaign works with them. */
  guards: campaignGuardsSchema.optional(),
  goal: z.string(),
  model: z.unknown().optional(),
});

/** A misspelt capability must not silently be none. */
function checkHours(
  { hours, recipe, alternatives = {} }: z.infer<typeof campaignCommon>,
  context: z.RefinementCtx,
): void {
  const steps = [recipe, ...Object.values(alternatives)].flat();
  const capabilities = new Set(steps.map(({ capability }) => capability));
  for (const name of Object.keys(hours?.starts ?? {})) {
    if (capabilities.has(name)) continue;
    const message = `no step of the recipe is called ${name}; there are ${[...capabilities].join(", ")}`;
    context.addIssue({ code: "custom", path: ["hours", "starts", name], message });
  }
}

const completedCampaign = z.preprocess(
  completeForwardCampaign,
  campaignCommon.superRefine(checkHours),
);

export const campaignSchema = completedCampaign.transform((campaign, context) => {
  const goal = goalSchema.safeParse(
    { goal: campaign.goal, model: campaign.model ?? {} },
    { reportInput: true },
  );
  if (goal.success) return { ...campaign, ...goal.data };
  for (const issue of goal.error.issues) context.addIssue({ ...issue, path: [...issue.path] });
  return z.NEVER;
});

/** A configuration, version 1. Unknown keys are refused, so that a misspelt limit is not silently no limit. */
export const configurationSchema = z.strictObject({
  version: z.literal(1, "write version: 1"),
  site: identifier.default("default"),
  agent: identifier.default("tieline"),
  /** The laboratory's, e.g. Europe/Berlin; opening hours are by its clock on the wall. */
  timeZone: z
    .string()
    .refine(isTimeZone, "write a time zone of the tz database, e.g. Europe/Berlin or UTC")
    .default("UTC"),
  seed: z.union([z.string(), z.number()]).transform(String).default("1"),
  data: z.string().default("./data"),
  /** Which files, besides those of the data folder, instruments may refer to (trajectories); folders relative to this file. */
  files: z
    .strictObject({
      roots: z.array(z.string().min(1)).max(32).default([]),
      bytes_max: z.number().int().positive().optional(),
    })
    .default({ roots: [] }),
  /** Address of the event log; absent means a file in the data folder. */
  log: z.string().min(1).optional(),
  broker: brokerSchema,
  operators: operatorsSchema,
  page: z
    .strictObject({
      host: z.string().default("127.0.0.1"),
      port: port.default(8080),
      readOnly: z.boolean().default(false),
      /** Names, besides localhost and this machine's, under which the page may be opened. */
      allowedHosts: z.array(z.string().min(1).max(253).toLowerCase()).max(100).default([]),
      enabled: z.boolean().default(true),
      /** What photographs of the bench may take of the data folder, all together. */
      photos_MB_max: z.number().min(0).max(10_000_000).default(PHOTOS_MB_MAX),
    })
    .prefault({}),
  /** Simulated instruments that this daemon starts; absent means that real ones connect by themselves. */
  laboratory: laboratorySchema.optional(),
  /** Runners that this daemon starts beside itself, each a separate client of the broker. */
  runners: z
    .array(
      z.union(
        [
          z.strictObject({ id: identifier, kind: z.enum(["effective-model"]) }),
          /** A program of one's own that asks for jobs and tells results over HTTP (docs/programs.md). */
          z.strictObject({ id: identifier, asked: z.array(identifier).min(1).max(32) }),
          /** A module of one's own that exports `device`, relative to this file; its limits stand under `instruments`. */
          z.strictObject({
            id: identifier,
            device: z.string().min(1),
            poll_ms: z.number().int().min(10).max(3_600_000).optional(),
          }),
        ],
        "write id: and kind: effective-model, id: and device: FILE.mjs, or id: and asked: [CAPABILITY]",
      ),
    )
    .max(64)
    .default([]),
  /** Devices that this daemon makes instruments of, each a separate client of the broker. */
  gateways: z.array(gatewaySchema).max(64).default([]),
  /** Modules of one's own that export `interpreter`, relative to this file. */
  interpreters: z.array(z.string().min(1)).max(32).default([]),
  instruments: z
    .record(
      identifier,
      instrumentSchema.nullable().transform((one) => one ?? { limits: {} }),
    )
    .default({}),
  notifications: z
    .array(
      z.strictObject({
        url: z.url(),
        events: z.array(z.enum(["alarm", "approval", "finished"])).optional(),
        format: z.enum(["generic", "slack"]).default("generic"),
      }),
    )
    .default([]),
  campaigns: z.array(campaignSchema).max(100).default([]),
});

export type Configuration = z.infer<typeof configurationSchema>;
export type CampaignConfiguration = z.infer<typeof campaignSchema>;
