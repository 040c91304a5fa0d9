import { Certifier } from "../../../adapters/conformance/certifier.ts";
import { CHECKS } from "../../../adapters/conformance/checks.ts";
import { type ExaminationOptions, examine } from "../../../adapters/conformance/examination.ts";
import { systemClock, systemTimers } from "../../../adapters/system/system-clock.ts";

/** The usual patience of a test, its parameters and the epoch of its agent; each can be another. */
const USUAL = { parameters: {}, job_ms: 8000, answer_ms: 1500, resend_ms: 3000, epoch: 1 };

/** The flaws that the examination of the contract finds in an instrument of the site "lab", a line each. */
export async function examineAt(
  broker: string,
  instrumentId: string,
  changes: Partial<ExaminationOptions> & { readonly epoch?: number } = {},
): Promise<string[]> {
  const { epoch, ...options } = { ...USUAL, mayStop: true, onFinding: () => {}, ...changes };
  const clock = { ...systemClock, ...systemTimers };
  const about = { broker, site: "lab", instrumentId };
  const agent = await Certifier.connect({ ...about, epoch, clock });
  try {
    const findings = await examine(agent, CHECKS, options);
    return findings
      .filter(({ outcome }) => outcome === "failed")
      .map(({ check, detail }) => `${check}: ${detail}`);
  } finally {
    await agent.close();
  }
}
