// The models without daemon or broker: npm install tieline, then node models-library.mjs
import { createPhaseMap, fitProcess } from "tieline/models";

// Where to measure next in a ternary: every composition in steps of 5 %, a few of them measured.
const rows = [];
for (let a = 0; a <= 20; a++)
  for (let b = 0; a + b <= 20; b++) rows.push([a / 20, b / 20, (20 - a - b) / 20]);
const map = createPhaseMap({ axes: ["Al", "Mg", "Zn"], values: rows.flat() });
const known = { "1,0": "fcc", "0.9,0.05": "fcc", "0,1": "hcp", "0,0": "zn", "0.35,0.35": "zn" };
for (const [row, [al, mg]] of rows.entries()) {
  const phase = known[`${al},${mg}`];
  if (phase !== undefined) map.learn({ row, phases: [phase] });
}
map.learn({ at: [0.5, 0.24, 0.26], phases: ["fcc", "zn"], confidence: 0.9 });
const [next] = map.propose(1, { seed: "1" });
const { labels, label } = map.predict();
const guess = labels[label[next.row]];
console.log(`measure Al, Mg, Zn = ${rows[next.row].join(", ")}; likely ${guess}. ${next.why}`);

// A strength against temperature and time: what is it at 650 K after 5 h, and how sure is that?
const x = [500, 1, 550, 8, 600, 3, 650, 2, 700, 6, 750, 1, 800, 4];
const y = [210, 262, 288, 293, 301, 262, 238];
const strength = fitProcess({ columns: 2, x, y });
const { mean, sd } = strength.predict([650, 5]);
console.log(`strength ${mean[0].toFixed(0)} ± ${sd[0].toFixed(0)} MPa`);
const along = Array.from({ length: 31 }, (_, k) => [500 + 10 * k, 5]);
const gain = strength.logExpectedImprovement(along.flat(), "max");
console.log(`measure next at ${along[gain.indexOf(Math.max(...gain))][0]} K`);
