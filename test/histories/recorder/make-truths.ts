// npx tsx test/histories/recorder/make-truths.ts: the two random truths of `inputs/`.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gibbsQuaternary } from "../../benchmarks/maps/gibbs-quaternary.ts";
import { gibbsStack } from "../../benchmarks/maps/gibbs-section.ts";

const ELEMENTS = ["A", "B", "C", "D"];
const FOLDER = join(import.meta.dirname, "../inputs");

type Truth = ReturnType<typeof gibbsQuaternary> | ReturnType<typeof gibbsStack>;

function writeTruth(truth: Truth, name: string, components: readonly string[]): void {
  const columns = components.map((one) => `x_${one}`);
  const hasTemperature = truth.rows.some(({ parameters }) => "T" in parameters);
  if (hasTemperature) columns.push("T_K");
  columns.push("phases");
  components.forEach((_, k) => {
    columns.push(`phase_${k + 1}`, `f_${k + 1}`, ...components.map((one) => `x_${k + 1}_${one}`));
  });
  const rows = truth.rows.map(({ parameters, label, phases, fractions, compositions }) => {
    const at = components.map((one) => parameters[one]);
    const cells = components.flatMap((_, k) => {
      const phase = phases[k];
      if (phase === undefined) return new Array<string>(2 + components.length).fill("");
      const of = components.map((one) => compositions?.[phase]?.[one] ?? 0);
      return [phase, fractions?.[phase], ...of];
    });
    return [...at, ...(hasTemperature ? [parameters["T"]] : []), label, ...cells].join(",");
  });
  writeFileSync(join(FOLDER, `${name}.csv`), [columns.join(","), ...rows, ""].join("\n"));
  const temperatures = [...new Set(truth.rows.map(({ parameters }) => parameters["T"]))];
  writeFileSync(
    join(FOLDER, `${name}.json`),
    `${JSON.stringify({
      name,
      axes: Object.fromEntries(components.map((one) => [one, one])),
      T_K: hasTemperature ? temperatures : 900,
    })}\n`,
  );
}

writeTruth(gibbsQuaternary(2, 10), "quaternary", ELEMENTS);
writeTruth(gibbsStack(3, 10, [0.8, 0.9, 1, 1.1]), "stack", ELEMENTS.slice(0, 3));
