const told = new Set<string>();

/**
 * Whether a peer that tests need is on this machine. In CI its absence is an error, so that nothing is skipped there; elsewhere it is
 * said once, on standard error, what was not tested and how it would be.
 */
export function peerIsThere(name: string, isThere: boolean, cure: string): boolean {
  if (isThere) return true;
  const what = `no ${name}: its tests were not run (${cure})`;
  if (process.env["CI"] === "true") throw new Error(what);
  if (!told.has(name)) process.stderr.write(`\n${what}\n`);
  told.add(name);
  return false;
}
