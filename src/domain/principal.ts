/** What an operator may do: look on, command campaigns, decide on batches and changes, set a stop, clear one. */
export const RIGHTS = ["watch", "operate", "approve", "stop", "clearStop"] as const;
export type Right = (typeof RIGHTS)[number];

/** Who a client of the broker is. `anyone` stands for a broker that asks nobody for a name. */
export type Principal =
  | { readonly kind: "agent" }
  /** One or several instruments behind one client; `all` is the daemon's own simulated laboratory and runners. */
  | { readonly kind: "instrument"; readonly instrumentIds: readonly string[] | "all" }
  | { readonly kind: "operator"; readonly may: readonly Right[] }
  | { readonly kind: "anyone" };

/** A person's word: on the emergency stop, or a command to a campaign. */
export type Asked = { readonly active: boolean } | { readonly action: string };

/** What a person's word needs; a stop needs nothing. */
export function rightFor(asked: Asked): Right | undefined {
  if ("active" in asked) return asked.active ? undefined : "clearStop";
  return asked.action === "approve" || asked.action === "reject" ? "approve" : "operate";
}
