/** One fault, planted in one place: the anchor must stand in the file exactly once. */
export interface Mutation {
  /** What the fault makes the program do, as one short clause. */
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Test files that may see it, the cheapest first; empty where only the swarm can. */
  readonly tests: readonly string[];
  /** False where the swarm does not run the file. Default true. */
  readonly swarm?: boolean | undefined;
  /** Why nothing needs to catch it: then surviving is right. */
  readonly harmless?: string | undefined;
}
