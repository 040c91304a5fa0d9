/** One row of the table: what was measured beside the target and the peer's figure. */
export function reportRow(what: string, measured: string, target: string, peer: string): void {
  console.log(`${what.padEnd(52)} ${measured.padEnd(34)} target ${target.padEnd(12)} peer ${peer}`);
}
