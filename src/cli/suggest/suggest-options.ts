/** Options of every goal; each goal reads its own. */
export interface SuggestOptions {
  readonly candidates?: string;
  readonly space?: string;
  readonly results?: string;
  readonly tell: readonly string[];
  readonly goal?: string;
  readonly objectives?: string;
  readonly label?: string;
  readonly axes?: string;
  readonly method?: string;
  readonly score?: string;
  readonly diversity?: string;
  readonly shared?: string;
  readonly refineFrom?: string;
  readonly confidence?: string;
  readonly acquisition?: string;
  readonly kernel?: string;
  readonly constraints?: string;
  readonly limit: readonly string[];
  readonly cost?: string;
  readonly reference?: string;
  readonly initial?: string;
  readonly initialDesign?: string;
  readonly exploration?: string;
  readonly logInputs?: string;
  readonly components?: string;
  readonly inFlight?: string;
  readonly batch: string;
  readonly out?: string;
  readonly seed: string;
  readonly plot?: string;
  readonly plotAxes?: string;
  readonly map?: string;
  readonly json?: boolean;
}
