/** Does each in turn, whatever becomes of those before; then rejects with what went wrong first. */
export async function everyOne(parts: readonly (() => Promise<void>)[]): Promise<void> {
  const problems: unknown[] = [];
  for (const part of parts) await part().catch((error: unknown) => problems.push(error));
  if (problems.length > 0) throw problems[0];
}
