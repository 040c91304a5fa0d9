#!/usr/bin/env bash
# hyparquet-writer 0.17.0: which Parquet type a column of numbers gets without a declared one, and what then fits.
#
# Expected: JavaScript's numbers are doubles, so a column of them becomes DOUBLE.
# Seen: a column whose values are all whole becomes INT32, whatever it means. [1, 2] of one campaign and [1, 2.5] of the next are
# columns of two types that readers do not join; -0 becomes 0; times in ms since 1970 or counts above 2^31 cannot be written
# at all: an error, after other rows have been written for months.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"private":true,"type":"module"}' > package.json
npm install --silent --no-audit --no-fund hyparquet-writer@0.17.0 hyparquet@1.31.5 >/dev/null
cat > try.mjs <<'JS'
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
for (const data of [[1, 2], [1, 2.5], [-0, 1], [1796057659230], [3e9]]) {
  try {
    const file = parquetWriteBuffer({ columnData: [{ name: "x", data }] });
    const { schema } = parquetMetadata(file);
    const rows = await parquetReadObjects({ file });
    const back = rows.map(({ x }) => (Object.is(x, -0) ? "-0" : String(x)));
    console.log(`${data.map((x) => (Object.is(x, -0) ? "-0" : x))}: ${schema[1].type} ${back}`);
  } catch (error) {
    console.log(`${data}: ${error.message}`);
  }
}
JS
seen=$(node try.mjs)
echo "$seen"
[ "$seen" = "1,2: INT32 1,2
1,2.5: DOUBLE 1,2.5
-0,1: INT32 0,1
1796057659230: parquet expected int32 value, got 1796057659230
3000000000: parquet expected int32 value, got 3000000000" ]
