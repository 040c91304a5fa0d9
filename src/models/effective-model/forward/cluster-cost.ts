import { misuse } from "../../../core/errors.ts";
import { sectorDimensions } from "./product-basis.ts";

/** What a full diagonalisation needs, from the dimensions alone. */
export interface ClusterCost {
  /** Largest block if no spatial symmetry helps. */
  readonly order_max: number;
  readonly bytes: number;
  /** Multiply-adds of one diagonalisation. */
  readonly operations: number;
  /** Product states of the largest sector. */
  readonly sector_max: number;
}

/** Beyond this, one forward calculation would take minutes. */
export const EXACT_ORDER_MAX = 1100;
/** Beyond this, Lanczos vectors and the sparse matrix of a sector would not fit. */
export const LANCZOS_SECTOR_MAX = 600_000;
/** Beyond this, the hundreds of sampled calculations of an estimation would take days. */
const SAMPLED_SECTOR_MAX = 50_000;
const BYTES_MAX = 1.5e9;

export function costOf(
  siteSpins: readonly number[],
  terms: number,
  isotropic: boolean,
): ClusterCost {
  const counts = sectorDimensions(siteSpins);
  const middle = Math.ceil((counts.length - 1) / 2);
  const sectors = counts.slice(middle);
  const orders = isotropic ? sectors.map((count, k) => count - (sectors[k + 1] ?? 0)) : sectors;
  const operators = orders.reduce((sum, order) => sum + order * order, 0) * 8 * (terms + 1);
  const bases = isotropic
    ? orders.reduce((sum, order, k) => sum + order * (sectors[k] ?? 0), 0) * 12
    : 0;
  return {
    order_max: Math.max(...orders),
    bytes: operators + bases,
    operations: orders.reduce((sum, order) => sum + (4 / 3) * order ** 3, 0),
    sector_max: Math.max(...sectors),
  };
}

/** True where a full diagonalisation fits. */
export function isDiagonalisable(
  siteSpins: readonly number[],
  terms: number,
  isotropic: boolean,
): boolean {
  const cost = costOf(siteSpins, terms, isotropic);
  return cost.order_max <= EXACT_ORDER_MAX && cost.bytes <= BYTES_MAX;
}

/** Refuses a full diagonalisation that would not fit, with the figures. */
export function refuseTooLarge(
  siteSpins: readonly number[],
  terms: number,
  isotropic: boolean,
): void {
  if (isDiagonalisable(siteSpins, terms, isotropic)) return;
  const cost = costOf(siteSpins, terms, isotropic);
  const limits = `at most ${EXACT_ORDER_MAX} and ${BYTES_MAX / 1e9} GB`;
  const gigabytes = (cost.bytes / 1e9).toFixed(1);
  throw misuse(
    "TL-8005",
    `${siteSpins.length} spins need matrices of order ${cost.order_max} and ${gigabytes} GB for exact diagonalisation (${limits})`,
  );
}

/** Refuses an estimation that neither diagonalisation nor sampling could serve. */
export function refuseBeyondSampling(
  siteSpins: readonly number[],
  terms: number,
  isotropic: boolean,
): void {
  if (isDiagonalisable(siteSpins, terms, isotropic)) return;
  const { sector_max } = costOf(siteSpins, terms, isotropic);
  if (sector_max <= SAMPLED_SECTOR_MAX) return;
  throw misuse(
    "TL-8005",
    `${siteSpins.length} spins have ${sector_max} states in one sector, more than ${SAMPLED_SECTOR_MAX} for an estimation`,
    "Use fewer or smaller spins: up to 18 spins 1/2. A single forward calculation may have up to 21.",
  );
}
