/** What the command line of `tieline identify` gives. */
export interface IdentifyCommandOptions {
  readonly pattern: string[];
  readonly references: string[];
  readonly elements?: string;
  readonly wavelength?: string;
  readonly maxPhases: string;
  readonly plot?: string;
  readonly json?: boolean;
}
