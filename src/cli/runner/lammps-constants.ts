import { misuse } from "../../core/errors.ts";

/** `CELLS=3` -> a variable of the input. */
export function constantsOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, value] = /^([A-Za-z0-9_]+)=(\S+)$/.exec(text) ?? [];
      if (name === undefined || value === undefined)
        throw misuse("TL-1001", `--set ${text} is not NAME=VALUE`);
      return [name, value];
    }),
  );
}
