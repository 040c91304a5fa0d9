/** A daemon that shares the log, by the name that it gave itself. */
export interface LogNode {
  readonly node: string;
  /** Address of its page, where it has one. */
  readonly page?: string | undefined;
}

/** Who leads and who stands by, as one of several daemons on one log knows it. */
export interface Leadership {
  readonly role: "leads" | "follows";
  readonly node: string;
  /** Absent while nobody leads. */
  readonly leader?: LogNode | undefined;
  /** Those that follow, and how many events they are behind. */
  readonly standbys: readonly (LogNode & { readonly behind: number })[];
}

/** Why a daemon leads no more. */
export type LeaseEnd =
  | { readonly kind: "lost"; readonly error: Error }
  /** A person asked for it, and another daemon is ready. */
  | { readonly kind: "handover"; readonly by: string };

/**
 * The right to lead where several daemons may share one log: it ends by itself unless it is renewed. It decides who speaks;
 * that nobody else writes, the log sees to by itself.
 */
export interface LogLease {
  /** Whether, by our own clocks, it was renewed and has not run out since. */
  holds(): boolean;
  /** Resolves once it holds; TL-4003 where another one leads, or where nobody can be asked for too long. */
  confirm(): Promise<void>;
  /** Called once, with the reason why this daemon leads no more. */
  onEnd(listener: (end: LeaseEnd) => void): void;
  /** Called whenever who leads or who stands by has changed, and when further events have been followed. */
  onChange(listener: () => void): void;
  leadership(): Leadership;
}
