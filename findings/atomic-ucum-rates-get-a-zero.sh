#!/usr/bin/env bash
# @atomic-ehr/ucum 0.2.5: a rate or a heat capacity per degree Celsius is converted with the zero of the Celsius scale.
#
# Expected: 5 Cel/min are 5 K/min and 1 J/(kg.K) is 1 J/(kg.Cel), or both are refused (UCUM 2.1, sections 21 and 22: units that are no ratio
# stand alone; @lhncbc/ucum-lhc 7.1.10 refuses them).
# Seen: `Cel/min` is valid, 5 Cel/min are 273.23 K/min, 1 J/(kg.K) is -272.15 J/(kg.Cel). And an oersted is no A/m but 79.6 m/A.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund @atomic-ehr/ucum@0.2.5 @lhncbc/ucum-lhc@7.1.10
cat > try.mjs <<'JS'
import { readFileSync } from "node:fs";
import { ucum } from "@atomic-ehr/ucum";
import lhc from "@lhncbc/ucum-lhc";

for (const name of ["@atomic-ehr/ucum", "@lhncbc/ucum-lhc"])
  console.log(name, JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")).version);
const other = lhc.UcumLhcUtils.getInstance();
console.log("Cel/min is valid:", ucum.validate("Cel/min").valid);
for (const [value, from, to] of [
  [25, "Cel", "K"],
  [5, "Cel/min", "K/min"],
  [1, "J/(kg.K)", "J/(kg.Cel)"],
  [1, "Oe", "m/A"],
]) {
  const { status, toVal } = other.convertUnitTo(from, value, to);
  const said = status === "succeeded" ? toVal.toFixed(2) : status;
  console.log(`${value} ${from} in ${to}: ${ucum.convert(value, from, to).toFixed(2)} (ucum-lhc: ${said})`);
}
JS
seen=$(node try.mjs)
echo "$seen"
[ "$(tail -n +3 <<< "$seen")" = "Cel/min is valid: true
25 Cel in K: 298.15 (ucum-lhc: 298.15)
5 Cel/min in K/min: 273.23 (ucum-lhc: failed)
1 J/(kg.K) in J/(kg.Cel): -272.15 (ucum-lhc: failed)
1 Oe in m/A: 79.58 (ucum-lhc: failed)" ]
