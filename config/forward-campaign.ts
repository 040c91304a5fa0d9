import {
  FORWARD_CAPABILITY,
  freeCouplings,
  requestParameters,
} from "../src/domain/forward-request.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A calculation that takes longer than this is overdue, unless `model.forward.timeLimit_s` says more. */
const TIME_LIMIT_s = 3600;
/** A runner that was killed in the middle of a calculation costs an attempt. */
const RETRIES = 5;

/**
 * An `effective-model` campaign with `model.forward` and without `space` and `recipe`: both follow from the
 * specification (the free couplings within their bounds; one calculation of the curves), so that nobody writes it twice.
 * Anything else passes unchanged; what is wrong in it is the schema's to say.
 */
export function completeForwardCampaign(campaign: unknown): unknown {
  if (!isFields(campaign) || campaign["goal"] !== "effective-model") return campaign;
  const model = campaign["model"];
  if (!isFields(model) || !isFields(model["forward"]) || !isFields(model["spec"])) return campaign;
  const { spec, forward } = model as { spec: Fields; forward: Fields };
  const couplings = freeCouplings(spec);
  const axes = couplings.length > 0 ? couplings : [{ name: "J", min: 0, max: 1 }];
  const parameters = {
    ...Object.fromEntries(axes.map(({ name }) => [name, { axis: name }])),
    ...requestParameters(spec),
  };
  return {
    space: { kind: "box", axes },
    recipe: [
      {
        capability: FORWARD_CAPABILITY,
        parameters,
        timeLimit_s: forward["timeLimit_s"] ?? TIME_LIMIT_s,
        repeatable: true,
        retries: RETRIES,
      },
    ],
    // a posterior is sampled for each proposal: once a batch is enough
    waitForWholeBatch: true,
    ...campaign,
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
