/** States in which a campaign is over for good. */
export const FINAL_STATES: ReadonlySet<string> = new Set([
  "converged",
  "budgetExhausted",
  "stopped",
  "aborted",
  "failed",
]);
