import type { OperatorIdentity } from "../events/lab-fact.ts";

/** `ada (verified)`: a name that was proven, `ada (claimed)`: one that was only said, `ada`: of a laboratory that asks nobody. */
export function whoSaid({
  by,
  identity,
}: {
  readonly by: string;
  readonly identity?: OperatorIdentity | undefined;
}): string {
  return identity === undefined ? by : `${by} (${identity})`;
}

/** How a name was known, to be kept beside it. */
export function identityOf({ identity }: { readonly identity?: OperatorIdentity | undefined }): {
  readonly identity?: OperatorIdentity;
} {
  return identity === undefined ? {} : { identity };
}
