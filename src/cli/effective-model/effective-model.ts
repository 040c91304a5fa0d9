import type { RegisterCommand } from "../command.ts";

const FORWARD_HELP = `
The specification (JSON), H = - sum J S_i.S_j - g mu_B H sum Sz, each bond once, J < 0 antiferromagnetic:
  {"spins": 4, "spin": 0.5, "g": 2.0, "T": [2, 10, 50], "H": [0, 10, 20],
   "bonds": [{"i": 0, "j": 1, "J": -3}, {"i": 1, "j": 2, "J": -3}, {"i": 2, "j": 3, "J": -3, "Delta": 0.8}]}
J in meV, T in kelvin, H in tesla. "spin" may be a list (one for each site) or "classical" (open chains and rings).
More fields: "correlations": true, "method": "auto|exact|lanczos", "samples", "steps", "seed".

Example:
  tieline effective-model forward --spec dimer.json --json`;

const ESTIMATE_HELP = `
The specification (JSON):
  {"spins": 2, "spin": 0.5, "g": 2.08, "prior": "L2", "seed": 1,
   "bonds": [{"i": 0, "j": 1, "coupling": "J1"}], "couplings": {"J1": {"min": -20, "max": 20}},
   "curves": [{"T": 1.5, "H": [0, 10, 20, 30], "m": [0.001, 0.011, 0.49, 0.5]},
              {"quantity": "susceptibility", "T": [5, 20, 50], "values": [3e-4, 1.3e-3, 7e-4], "sigma": 1e-5}]}
m is <Sz> per spin; susceptibility in meV/T^2 per spin; specificHeat in kB per spin. "sigma" is a curve's standard
error (left out: estimated). A coupling may be {"fixed": -3} or {"tiedTo": "J1", "factor": 0.5} and have its own "prior".
"spin" may be a list, or "classical": unit vectors on an open chain or a ring (m is then at most 1).
More fields: "models": [{"name", "bonds"}] (ranked by evidence), "predict": {"T": [..], "H": [..]},
"lambda" (left out: from the elbow), "search": "space-filling|surrogate", "sweeps", "samples",
"calculations": "auto|direct|emulated". A direct estimate makes some ten thousand forward calculations; an emulated one (for
10 spins and more, and classical spins) some hundred, and samples the posterior on curves emulated from them, checked.
From about 15 spins 1/2 on the curves are sampled (finite-temperature Lanczos, up to 18 spins); the time is told beforehand.
Calculations on other machines: a campaign with model.forward, see config/effective-model-runners.example.yaml.

Example:
  tieline effective-model estimate --spec fit.json --report fit.html`;

/** `effective-model forward | estimate`. */
export const registerEffectiveModel: RegisterCommand = (program, io) => {
  const group = program
    .command("effective-model")
    .description("spin Hamiltonians: properties, and estimation from measured curves");
  group
    .command("forward")
    .description("gap, magnetisation, susceptibility and specific heat of one Hamiltonian")
    .requiredOption("--spec <FILE.json>", "the Hamiltonian, temperatures and fields")
    .option("--json", "print one JSON document")
    .addHelpText("after", FORWARD_HELP)
    .action(async (options: { spec: string; json?: boolean }) => {
      const { runForward } = await import("./effective-model-forward.ts");
      runForward(options, io);
    });
  group
    .command("estimate")
    .description("couplings with joint errors, other modes and evidence from measured curves")
    .requiredOption("--spec <FILE.json>", "the cluster, its couplings and the measured curves")
    .option("--json", "print one JSON document")
    .option("--report <FILE.html>", "write a self-contained report with pictures")
    .addHelpText("after", ESTIMATE_HELP)
    .action(async (options: { spec: string; json?: boolean; report?: string }) => {
      const { runEstimate } = await import("./effective-model-estimate.ts");
      await runEstimate(options, io);
    });
};
