import { type ComponentType, createElement } from "preact";
import { useEffect, useState } from "preact/hooks";
import { toast } from "./store.ts";

/** What is not seen when the page opens: a file of its own, which comes when the first picture stands. */
type Parts = typeof import("./parts.ts");
type PropsOf<Part> = Part extends (props: infer Props) => preact.JSX.Element | null ? Props : never;

let parts: Parts | undefined;
let coming: Promise<Parts> | undefined;

/** The parts, fetched once; tried again at the next wish where that failed. */
function askParts(): Promise<Parts> {
  coming ??= import("./parts.ts").then(
    (loaded) => {
      parts = loaded;
      return loaded;
    },
    (error: unknown) => {
      coming = undefined;
      toast("bad", "A part of this page does not come: load the page again.");
      throw error;
    },
  );
  return coming;
}

/** The parts as soon as they are there; `wanted`: whether to fetch them. */
export function useParts(wanted: boolean): Parts | undefined {
  const [loaded, setLoaded] = useState(parts);
  useEffect(() => {
    if (!wanted || loaded !== undefined) return;
    askParts().then(setLoaded, () => {});
  }, [wanted, loaded]);
  return loaded;
}

/** One component of the parts; nothing until it is there. */
export function Later<Name extends keyof Parts>(
  props: { readonly part: Name } & PropsOf<Parts[Name]>,
) {
  const { part, ...rest } = props;
  const loaded = useParts(true);
  if (loaded === undefined) return null;
  return createElement(loaded[part] as unknown as ComponentType<object>, rest);
}
