import type { SpinCluster } from "./spin-cluster.ts";

/** Search steps after which no further symmetry is looked for; what was found stays valid. */
const SEARCH_STEPS_MAX = 20_000;
const INVOLUTIONS_MAX = 64;

/**
 * Commuting permutations of the sites, each its own inverse, that map every bond onto a bond of the same term and
 * strength: their parities label independent blocks of the Hamiltonian whatever the couplings are.
 * Found by backtracking, bounded in steps, so a cluster with very many symmetries gets some of them.
 */
export function findCommutingInvolutions(cluster: SpinCluster): Int32Array[] {
  const labels = bondLabels(cluster);
  const found = searchInvolutions(cluster.siteSpins, labels);
  const chosen: Int32Array[] = [];
  // few fixed sites first: such a symmetry halves the blocks best
  found.sort((a, b) => fixedSites(a) - fixedSites(b));
  for (const candidate of found) {
    if (chosen.length === 3) break;
    if (chosen.every((other) => commute(candidate, other)) && !isProduct(candidate, chosen))
      chosen.push(candidate);
  }
  return chosen;
}

/** A text for every ordered pair of sites that is equal exactly where the bonds between them are. */
function bondLabels(cluster: SpinCluster): string[] {
  const n = cluster.siteSpins.length;
  const labels = new Array<string>(n * n).fill("");
  cluster.terms.forEach((term, t) => {
    for (const { i, j, xy, z } of term.bonds) {
      const text = `${t}:${xy}:${z};`;
      labels[i * n + j] += text;
      labels[j * n + i] += text;
    }
  });
  return labels;
}

function searchInvolutions(siteSpins: readonly number[], labels: readonly string[]): Int32Array[] {
  const n = siteSpins.length;
  const found: Int32Array[] = [];
  const map = new Int32Array(n).fill(-1);
  let steps = 0;
  const fits = (i: number, image: number): boolean => {
    if (siteSpins[i] !== siteSpins[image]) return false;
    for (let k = 0; k < n; k++) {
      const mapped = map[k]!;
      if (mapped >= 0 && labels[i * n + k] !== labels[image * n + mapped]) return false;
    }
    return true;
  };
  const visit = (): void => {
    if (++steps > SEARCH_STEPS_MAX || found.length >= INVOLUTIONS_MAX) return;
    const i = map.indexOf(-1);
    if (i < 0) {
      if (map.some((image, site) => image !== site)) found.push(map.slice());
      return;
    }
    for (let image = n - 1; image >= i; image--) {
      if (map[image] !== -1) continue;
      map[i] = image;
      map[image] = i;
      if (fits(i, image) && fits(image, i)) visit();
      map[image] = -1;
      map[i] = -1;
    }
  };
  visit();
  return found;
}

function fixedSites(map: Int32Array): number {
  return map.reduce((count, image, site) => count + (image === site ? 1 : 0), 0);
}

function commute(a: Int32Array, b: Int32Array): boolean {
  return a.every((image, site) => a[b[site]!] === b[image]);
}

function isProduct(candidate: Int32Array, chosen: readonly Int32Array[]): boolean {
  for (let mask = 1; mask < 1 << chosen.length; mask++) {
    const same = candidate.every((image, site) => {
      let at = site;
      chosen.forEach((map, k) => {
        if ((mask & (1 << k)) !== 0) at = map[at]!;
      });
      return at === image;
    });
    if (same) return true;
  }
  return false;
}
