/** One word of a shell's command line, whatever it holds (POSIX.1-2017, 2.2.2: between apostrophes everything stands for itself). */
export function shellQuote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
