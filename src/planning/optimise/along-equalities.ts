import type { BoxAxes } from "./box-axes.ts";

/**
 * Takes out of a direction in the model's columns, in place, what would leave the equalities of the space (Gram-Schmidt over their
 * normals). `undefined` without equalities. On axes with logarithms equalities are no planes: there points are moved back afterwards.
 */
export function alongEqualities(
  { equalities }: BoxAxes,
  { inputs, groups }: BoxAxes["encoding"],
  isFree: Uint8Array,
): ((direction: Float64Array) => void) | undefined {
  if (equalities.length === 0) return undefined;
  const normals: Float64Array[] = [];
  for (const { terms } of equalities) {
    const normal = Float64Array.from(groups, (g, c) => {
      const input = inputs[g];
      const term = terms.find(({ axis }) => axis.name === input?.name);
      if (term === undefined || input?.kind !== "numeric" || isFree[c] === 0) return 0;
      return input.isLog === true ? 0 : term.factor * (input.max - input.min);
    });
    const size = Math.sqrt(dot(normal, normal));
    for (const other of normals) takeOut(normal, other);
    const left = Math.sqrt(dot(normal, normal));
    if (left > 1e-9 * size) normals.push(normal.map((v) => v / left));
  }
  return (direction) => {
    for (const normal of normals) takeOut(direction, normal);
  };
}

function takeOut(direction: Float64Array, normal: Float64Array): void {
  const share = dot(direction, normal);
  for (let c = 0; c < direction.length; c++) direction[c]! -= share * normal[c]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, v, c) => sum + v * b[c]!, 0);
}
