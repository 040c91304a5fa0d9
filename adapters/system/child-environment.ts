/** Names whose values are keys to the laboratory; programs that we start, and their inputs, have no use for them. */
const SECRET = /^(TIELINE_.*|PGPASSWORD|PGPASSFILE|SLURM_JWT)$/;

/** What a started program inherits: everything but our secrets. */
export function childEnvironment(
  further: Readonly<Record<string, string>> = {},
  own: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const kept = Object.entries(own).filter(([name]) => !SECRET.test(name));
  return { ...Object.fromEntries(kept), ...further };
}
