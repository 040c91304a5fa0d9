import type { ExportDocument } from "./export-document.ts";

/** A file of a bundle. */
export interface BundledFile {
  /** Below the bundle's folder, with slashes. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
  readonly mediaType: string;
  /** What it holds, in a sentence. */
  readonly words: string;
}

export interface ResearchObject {
  readonly documents: readonly ExportDocument[];
  readonly files: readonly BundledFile[];
  /** Versions of Tieline that wrote the log, oldest first. */
  readonly versions: readonly string[];
  /** Of the program that bundled. */
  readonly program: { readonly version: string; readonly code: string; readonly runtime: string };
  /** What others may do with it: an address or a sentence. */
  readonly license: string;
  /** RFC 3339. */
  readonly madeAt: string;
}

export const CRATE_FILE = "ro-crate-metadata.json";

/**
 * The description of a bundle as RO-Crate 1.1 (https://w3id.org/ro/crate/1.1): JSON-LD with the files and their checksums, the
 * program that made them, and the people of whom the log has a decision.
 */
export function crateMetadata(about: ResearchObject): unknown {
  const { documents, files, license, madeAt } = about;
  const titles = documents.map(({ campaign }) => campaign.title);
  const people = peopleOf(documents);
  return {
    "@context": "https://w3id.org/ro/crate/1.1/context",
    "@graph": [
      {
        ...{ "@id": CRATE_FILE, "@type": "CreativeWork", about: { "@id": "./" } },
        conformsTo: { "@id": "https://w3id.org/ro/crate/1.1" },
      },
      {
        ...{ "@id": "./", "@type": "Dataset", name: titles.join("; ") || "An event log" },
        description: describe(documents),
        datePublished: madeAt,
        license: /^https?:/.test(license) ? { "@id": license } : license,
        hasPart: files.map(({ path }) => ({ "@id": path })),
        mentions: [{ "@id": "#campaigns" }],
        ...(people.length === 0 ? {} : { contributor: people.map((name) => personId(name)) }),
      },
      ...(/^https?:/.test(license)
        ? [{ "@id": license, "@type": "CreativeWork", name: "License", description: license }]
        : []),
      ...files.map(fileEntity),
      ...programs(about),
      actionOf(about),
      ...people.map((name) => ({ ...personId(name), "@type": "Person", name })),
    ],
  };
}

function fileEntity({ path, bytes, sha256, mediaType, words }: BundledFile) {
  return {
    ...{ "@id": path, "@type": "File", name: path, description: words },
    ...{ contentSize: String(bytes), encodingFormat: mediaType, sha256 },
  };
}

/** The program that bundled, and the versions of it that wrote the log. */
function programs({ program, versions }: ResearchObject) {
  return [...new Set([...versions, program.version])].map((version) => ({
    ...{ "@id": softwareId(version), "@type": "SoftwareApplication", name: "Tieline" },
    softwareVersion: version,
    ...(version === program.version
      ? {
          softwareRequirements: `Node.js ${program.runtime}`,
          identifier: `sha256:${program.code}`,
        }
      : {}),
  }));
}

function actionOf({ documents, versions, program, files }: ResearchObject) {
  const times = documents
    .flatMap(({ observations }) => observations.map(({ time }) => time))
    .sort();
  return {
    ...{ "@id": "#campaigns", "@type": "CreateAction", name: "The campaigns of this log" },
    instrument: (versions.length === 0 ? [program.version] : versions).map((version) => ({
      "@id": softwareId(version),
    })),
    result: files.map(({ path }) => ({ "@id": path })),
    ...(times.length === 0 ? {} : { startTime: times[0], endTime: times.at(-1) }),
  };
}

function softwareId(version: string): string {
  return `#tieline-${version}`;
}

function personId(name: string): { readonly "@id": string } {
  return { "@id": `#person-${name}` };
}

function peopleOf(documents: readonly ExportDocument[]): string[] {
  const names = documents.flatMap(({ decisions, observations }) => [
    ...decisions.map(({ by }) => by),
    ...observations.flatMap(({ reportedBy }) => reportedBy ?? []),
  ]);
  return [...new Set(names)].filter((name) => name !== "configuration").sort();
}

function describe(documents: readonly ExportDocument[]): string {
  const campaigns = documents.map(({ campaign, observations }) => {
    const { title, campaignId, goal, state, budget, budgetUsed } = campaign;
    const spent = `${budgetUsed} of ${budget} experiments spent`;
    return `${title} (${campaignId}, ${goal}, ${state}): ${observations.length} results, ${spent}`;
  });
  return `The event log of a laboratory's closed loop with what follows from it. ${campaigns.join(". ")}.`;
}
