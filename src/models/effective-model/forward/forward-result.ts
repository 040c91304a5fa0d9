import type { MagnetisationStep, Plateau } from "./ground-state.ts";
import type { PairCorrelation } from "./pair-correlations.ts";

/** Properties of one Hamiltonian, per spin unless stated. */
export interface ForwardResult {
  readonly groundEnergy_meV: number;
  readonly spinGap_meV: number;
  readonly firstExcitation_meV: number;
  readonly gapToM1_meV: number;
  readonly steps: readonly MagnetisationStep[];
  readonly plateaus: readonly Plateau[];
  readonly T: readonly number[];
  readonly H: readonly number[];
  /** <Sz>/N, one row for each temperature. */
  readonly magnetisation: readonly (readonly number[])[];
  /** At zero field, one for each temperature. */
  readonly specificHeat_kB: readonly number[];
  readonly susceptibility: readonly number[];
  readonly energy_meV: readonly number[];
  readonly entropy_kB: readonly number[];
  /** <S_i.S_j> in the ground state and at each temperature, zero field; where asked for. */
  readonly correlations?: readonly PairCorrelation[];
  readonly method: string;
  /** Standard errors of a sampling method. */
  readonly errors?: Readonly<Record<string, unknown>>;
}
