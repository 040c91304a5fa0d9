export interface DescribeOptions {
  readonly frames: string;
  readonly species?: string;
  readonly cutoff?: string;
  readonly average?: string;
  readonly averageOver: string;
  readonly out?: string;
  readonly json?: boolean;
}

export interface TrainOptions {
  readonly frames?: string[];
  readonly descriptors?: string[];
  readonly species?: string;
  readonly cutoff?: string;
  readonly average?: string;
  readonly averageOver: string;
  readonly neighbours: string;
  readonly sigma?: string;
  readonly clusters?: string;
  readonly components: string;
  readonly dimension?: string;
  readonly draws: string;
  readonly voters: string;
  readonly seed: string;
  readonly out: string;
  readonly plot?: string;
  readonly json?: boolean;
}

export interface ClassifyOptions {
  readonly model: string;
  readonly frames: string;
  readonly species?: string;
  readonly out?: string;
  readonly plot?: string;
  readonly rounds: string;
  readonly workers?: string;
  readonly json?: boolean;
}
