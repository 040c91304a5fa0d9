/** What a method does, for a methods paragraph, and whose it is. */
interface MethodWords {
  readonly sentence: string;
  readonly cites: readonly string[];
}

/** Title, authors, year and number of each were held against its publisher's page, its arXiv page or lists of others (November 2026). */
const GPML =
  "C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning, MIT Press (2006)";
const LOG_EI = cite(
  "S. Ament et al., Unexpected improvements to expected improvement for Bayesian optimization,",
  "Advances in Neural Information Processing Systems 36 (2023), arXiv:2310.20708",
);
const EGO = cite(
  "D. R. Jones, M. Schonlau and W. J. Welch, Efficient global optimization of expensive black-box functions,",
  "J. Global Optim. 13, 455 (1998), doi:10.1023/A:1008306431147",
);
const IMPROVEMENT = cite(
  "H. J. Kushner, A new method of locating the maximum point of an arbitrary multipeak curve in the presence of noise,",
  "J. Basic Eng. 86, 97 (1964), doi:10.1115/1.3653121",
);
const BANDITS = cite(
  "N. Srinivas et al., Gaussian process optimization in the bandit setting: no regret and experimental design,",
  "Proc. 27th Int. Conf. on Machine Learning (2010), arXiv:0912.3995",
);
const UNCERTAINTY = cite(
  "K. Terayama et al., Efficient construction method for phase diagrams using uncertainty sampling,",
  "Phys. Rev. Materials 3, 033802 (2019), doi:10.1103/PhysRevMaterials.3.033802",
);
const HYPERVOLUME = cite(
  "I. Couckuyt, D. Deschrijver and T. Dhaene, Fast calculation of multiobjective probability of improvement and expected improvement",
  "criteria for Pareto optimization, J. Global Optim. 60, 575 (2014), doi:10.1007/s10898-013-0118-2",
);
const DRAWS = cite(
  "W. R. Thompson, On the likelihood that one unknown probability exceeds another in view of the evidence of two samples,",
  "Biometrika 25, 285 (1933), doi:10.1093/biomet/25.3-4.285",
);
const PAREGO = cite(
  "J. Knowles, ParEGO: a hybrid algorithm with on-line landscape approximation for expensive multiobjective optimization problems,",
  "IEEE Trans. Evol. Comput. 10, 50 (2006), doi:10.1109/TEVC.2005.851274",
);
const HARMONIC = cite(
  "X. Zhu, Z. Ghahramani and J. Lafferty, Semi-supervised learning using Gaussian fields and harmonic functions,",
  "Proc. 20th Int. Conf. on Machine Learning, 912 (2003)",
);
const PROPAGATION = cite(
  "X. Zhu and Z. Ghahramani, Learning from labeled and unlabeled data with label propagation,",
  "Technical Report CMU-CALD-02-107, Carnegie Mellon University (2002)",
);
const SPREADING = cite(
  "D. Zhou et al., Learning with local and global consistency,",
  "Advances in Neural Information Processing Systems 16, 321 (2003)",
);
const EXCHANGE = cite(
  "K. Hukushima and K. Nemoto, Exchange Monte Carlo method and application to spin glass simulations,",
  "J. Phys. Soc. Jpn. 65, 1604 (1996), doi:10.1143/JPSJ.65.1604",
);
const COUPLINGS = cite(
  "R. Tamura and K. Hukushima, Method for estimating spin-spin interactions from magnetization curves,",
  "Phys. Rev. B 95, 064407 (2017), arXiv:1701.09063",
);
const MISFIT = cite(
  "R. Tamura and K. Hukushima, Bayesian optimization for computationally extensive probability distributions,",
  "PLoS ONE 13, e0193785 (2018), doi:10.1371/journal.pone.0193785",
);
const BACKGROUND = cite(
  "M. Morháč et al., Background elimination methods for multidimensional coincidence γ-ray spectra,",
  "Nucl. Instrum. Methods Phys. Res. A 401, 113 (1997), doi:10.1016/S0168-9002(97)01023-1",
);
const PROJECTIONS = cite(
  "X. He and P. Niyogi, Locality preserving projections,",
  "Advances in Neural Information Processing Systems 16 (2003)",
);
const TWO_STEPS = cite(
  "R. Tamura et al., Unsupervised learning-based structural analysis: search for a characteristic low-dimensional space",
  "by local structures in atomistic simulations, arXiv:2107.14311 (2021)",
);

/** Two halves of a citation, for lines of a bearable width. */
function cite(first: string, second: string): string {
  return `${first} ${second}`;
}

/** By the parts of a model's name in the log (`gaussian-process/matern-5/2/expected-improvement`). */
const METHODS: Readonly<Record<string, MethodWords>> = {
  harmonic: {
    sentence:
      "Labels of points that were not measured are those of a harmonic function on the graph of neighbouring candidates.",
    cites: [HARMONIC, UNCERTAINTY],
  },
  "label-propagation": {
    sentence: "Labels spread from measured points to all candidates by label propagation.",
    cites: [PROPAGATION, UNCERTAINTY],
  },
  "label-spreading": {
    sentence: "Labels spread from measured points to all candidates by label spreading.",
    cites: [SPREADING, UNCERTAINTY],
  },
  triangulation: {
    sentence:
      "The section was mapped by a triangulation of measured phase compositions with every tie-line as an edge.",
    cites: [],
  },
  "triangulation-stack": {
    sentence:
      "Sections at several levels were mapped by triangulations of measured phase compositions that lend each other what they know.",
    cites: [],
  },
  "pseudo-energy-hull": {
    sentence:
      "The map is the lower hull of energies fitted so that every measured set of phases is stable where it was measured.",
    cites: [],
  },
  "binary-fields": {
    sentence: "Two-phase fields were followed through temperature by the ends of their tie-lines.",
    cites: [],
  },
  "gaussian-process": {
    sentence: "What was measured is modelled by a Gaussian process.",
    cites: [GPML],
  },
  "gaussian-process of labels": {
    sentence:
      "Labels of points that were not measured were estimated by a Gaussian process over the candidates.",
    cites: [GPML, UNCERTAINTY],
  },
  "matern-5/2": { sentence: "Its kernel is Matérn's with ν = 5/2.", cites: [] },
  "squared-exponential": { sentence: "Its kernel is squared exponential.", cites: [] },
  "expected-improvement": {
    sentence: "The next experiments are those of the largest expected improvement.",
    cites: [EGO, LOG_EI],
  },
  "probability-of-improvement": {
    sentence: "The next experiments are those that most probably improve on the best.",
    cites: [IMPROVEMENT],
  },
  "upper-confidence-bound": {
    sentence: "The next experiments are those of the most promising confidence bound.",
    cites: [BANDITS],
  },
  "expected-hypervolume": {
    sentence:
      "The next experiments are those of the largest expected gain in the hypervolume that the Pareto front dominates.",
    cites: [HYPERVOLUME],
  },
  "hypervolume-probability": {
    sentence:
      "The next experiments are those that most probably enlarge the hypervolume that the Pareto front dominates.",
    cites: [HYPERVOLUME],
  },
  thompson: {
    sentence: "Each next experiment is the best of one draw of the model (Thompson sampling).",
    cites: [DRAWS],
  },
  parego: {
    sentence:
      "Each next experiment is the best for one random weighting of the objectives (ParEGO).",
    cites: [PAREGO],
  },
  "target-range": {
    sentence: "The next experiments are those that most probably lie within the range wanted.",
    cites: [],
  },
  "exact diagonalisation": {
    sentence: "Spin Hamiltonians were solved by exact diagonalisation.",
    cites: [COUPLINGS],
  },
  "exchange Monte Carlo": {
    sentence: "The posterior of the couplings was sampled by exchange Monte Carlo.",
    cites: [EXCHANGE],
  },
  "expected variance reduction": {
    sentence:
      "The next measurement is the one that is expected to narrow the quantity asked for most.",
    cites: [],
  },
  "Bayesian optimisation of ln chi2": {
    sentence: "Couplings to calculate next were chosen by Bayesian optimisation of the misfit.",
    cites: [MISFIT],
  },
  "emulated exchange Monte Carlo": {
    sentence: "The posterior was sampled by exchange Monte Carlo on emulated curves.",
    cites: [EXCHANGE],
  },
};

/** Methods of what is done with results before they are learnt, by the goal's settings. */
const FURTHER: Readonly<Record<"patterns" | "structures", MethodWords>> = {
  patterns: {
    sentence:
      "Phases were named by the daemon from diffraction patterns, as sets with probabilities, from the campaign's reference structures.",
    cites: [BACKGROUND],
  },
  structures: {
    sentence:
      "Atoms of simulations were classified by two-step locality preserving projections of descriptors of their surroundings.",
    cites: [PROJECTIONS, TWO_STEPS],
  },
};

/**
 * Sentences and citations of a model's name as the log has it; a part that is not in the table is told by its name. `further`:
 * what was done with raw results.
 */
export function methodInWords(
  name: string,
  further: readonly (keyof typeof FURTHER)[] = [],
): { readonly sentences: readonly string[]; readonly cites: readonly string[] } {
  const words = [...partsOf(name).map(wordsOf), ...further.map((one) => FURTHER[one])];
  return {
    sentences: words.map(({ sentence }) => sentence),
    cites: [...new Set(words.flatMap(({ cites }) => cites))],
  };
}

/** Whether a part of a model's name is in the table. */
export function isKnownMethod(name: string): boolean {
  return partsOf(name).every((part) => Object.hasOwn(METHODS, part) || SILENT.has(part));
}

/** Parts that say how, not what. */
const SILENT = new Set(["screen", "race of descents"]);

function partsOf(name: string): string[] {
  return name
    .replace("matern-5/2", "matern-5:2")
    .split(/\/|, /)
    .map((part) => part.replace("5:2", "5/2"))
    .filter((part) => part !== "" && !SILENT.has(part));
}

function wordsOf(part: string): MethodWords {
  const known = Object.hasOwn(METHODS, part) ? METHODS[part] : undefined;
  return known ?? { sentence: `The method is ${part}.`, cites: [] };
}
