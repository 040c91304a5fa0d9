import type { LabView } from "../../views/lab-view.ts";
import type { CommandIo } from "../command.ts";

/** Instruments need a moment to connect after the daemon has started. */
const PATIENCE_ms = 15_000;

/** Tells once, where jobs wait after a while, which instruments nobody has connected. Returns what takes it back. */
export function tellMissingInstruments(io: CommandIo, view: LabView): () => void {
  const timer = setTimeout(() => {
    for (const { capability, jobs } of missingCapabilities(view)) {
      const waiting = jobs === 1 ? "1 job waits" : `${jobs} jobs wait`;
      io.err(
        `${waiting} for an instrument that offers ${capability}; none is connected. ` +
          "Start one (docs/contract.md), or a runner (tieline runner --help).\n",
      );
    }
  }, PATIENCE_ms);
  return () => clearTimeout(timer);
}

/** Capabilities that queued jobs ask for and no connected instrument offers, with the number of those jobs. */
export function missingCapabilities(
  view: Pick<LabView, "campaignIdsAtHand" | "campaign" | "overview">,
): { readonly capability: string; readonly jobs: number }[] {
  const offered = new Set(
    view
      .overview()
      .instruments.filter(({ connection }) => connection === "online")
      .flatMap(({ capabilities }) => capabilities.map(({ name }) => name)),
  );
  const missing = new Map<string, number>();
  for (const id of view.campaignIdsAtHand) {
    for (const { state, capability } of view.campaign(id)?.jobs ?? []) {
      if (state !== "queued" || offered.has(capability)) continue;
      missing.set(capability, (missing.get(capability) ?? 0) + 1);
    }
  }
  return [...missing].map(([capability, jobs]) => ({ capability, jobs }));
}
