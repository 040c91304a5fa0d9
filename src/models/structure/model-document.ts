import { LabError } from "../../core/errors.ts";
import { multiply } from "./dense.ts";
import type { ClassFamiliarity } from "./familiarity.ts";
import { type Standardisation, standardise } from "./standardise.ts";
import type { CentreModel, ProjectionMember, StructureModel } from "./structure-model.ts";

const FORMAT = "tieline-structure-model";
const VERSION = 1;
/** A projection read back may differ from the one written by rounding only. */
const PROBE_TOLERANCE = 1e-9;

/** The model as plain JSON. Numbers are written in full, so that the file reproduces its projection exactly. */
export function modelToDocument(model: StructureModel): Record<string, unknown> {
  return {
    format: FORMAT,
    version: VERSION,
    species: model.species,
    descriptor: model.descriptor ?? null,
    classes: model.classes,
    labelled: model.labelled,
    voters: model.voters,
    centres: model.centres.map((centre) => ({
      species: centre.species,
      standardisation: standardisationOut(centre.standardisation),
      members: centre.members.map(memberOut),
      familiarity: centre.familiarity.map(familiarityOut),
      ...(centre.principal === undefined ? {} : { principal: [...centre.principal] }),
      probes: {
        descriptors: [...centre.probes.descriptors],
        coordinates: [...centre.probes.coordinates],
      },
    })),
  };
}

/**
 * Reads a model back and checks that it reproduces the projection of its own probes.
 * Throws TL-7010: not a model, of a newer version, incomplete, or a projection that differs.
 */
export function modelFromDocument(document: unknown): StructureModel {
  const root = field(document);
  if (root.text("format") !== FORMAT) throw refuse("it is no structure model");
  if (root.number("version") > VERSION)
    throw refuse(`it is of version ${root.number("version")}, this program reads ${VERSION}`);
  const recipe = root.raw("descriptor") === null ? undefined : field(root.raw("descriptor"));
  const model: StructureModel = {
    species: root.texts("species"),
    descriptor:
      recipe === undefined
        ? undefined
        : {
            cutoff_A: recipe.number("cutoff_A"),
            average_A: recipe.number("average_A"),
            etas: recipe.number("etas"),
            averageOver: recipe.text("averageOver") === "all" ? "all" : "same-species",
          },
    classes: root.texts("classes"),
    labelled: root.raw("labelled") === true,
    voters: root.number("voters"),
    centres: root.list("centres").map(centreIn),
  };
  model.centres.forEach(checkProbes);
  return model;
}

function checkProbes(centre: CentreModel): void {
  const member = centre.members[0];
  if (member === undefined) throw refuse("a centre has no members");
  const inner = member.standardisation.mean.length;
  const rows = centre.probes.descriptors.length / inner;
  const x = standardise(centre.probes.descriptors, rows, member.standardisation);
  const found = multiply(x, member.map, { rows, inner, columns: member.components });
  const scale = centre.probes.coordinates.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const differs = found.some(
    (value, k) =>
      !(Math.abs(value - (centre.probes.coordinates[k] ?? Number.NaN)) <= PROBE_TOLERANCE * scale),
  );
  if (differs || found.length !== centre.probes.coordinates.length)
    throw refuse("it does not reproduce the projection of its own probes: the file was changed");
}

function standardisationOut(s: Standardisation) {
  return { mean: [...s.mean], scale: [...s.scale] };
}

function memberOut(member: ProjectionMember) {
  return {
    standardisation: standardisationOut(member.standardisation),
    map: [...member.map],
    components: member.components,
    dimension: member.dimension,
    coordinates: [...member.coordinates],
    labels: [...member.labels],
    crossValidation: member.crossValidation ?? null,
  };
}

function familiarityOut(own: ClassFamiliarity) {
  return {
    map: [...own.map],
    offset: [...own.offset],
    width: own.width,
    reference: [...own.reference].map((value) => Number(value.toPrecision(9))),
    threshold: own.threshold,
  };
}

function centreIn(value: unknown): CentreModel {
  const centre = field(value);
  const probes = field(centre.raw("probes"));
  return {
    species: centre.text("species"),
    standardisation: standardisationIn(centre.raw("standardisation")),
    members: centre.list("members").map(memberIn),
    familiarity: centre.list("familiarity").map((item) => {
      const own = field(item);
      return {
        map: own.numbers("map"),
        offset: own.numbers("offset"),
        width: own.number("width"),
        reference: own.numbers("reference"),
        threshold: own.number("threshold"),
      };
    }),
    principal: centre.raw("principal") === undefined ? undefined : centre.numbers("principal"),
    probes: {
      descriptors: probes.numbers("descriptors"),
      coordinates: probes.numbers("coordinates"),
    },
  };
}

function memberIn(value: unknown): ProjectionMember {
  const member = field(value);
  const labels = Int32Array.from(member.numbers("labels"));
  const coordinates = member.numbers("coordinates");
  const components = member.number("components");
  if (coordinates.length !== labels.length * components)
    throw refuse("a member's coordinates and labels do not fit together");
  return {
    standardisation: standardisationIn(member.raw("standardisation")),
    map: member.numbers("map"),
    components,
    dimension: member.number("dimension"),
    coordinates,
    labels,
    crossValidation:
      member.raw("crossValidation") === null ? undefined : member.number("crossValidation"),
  };
}

function standardisationIn(value: unknown): Standardisation {
  const s = field(value);
  return { mean: s.numbers("mean"), scale: s.numbers("scale") };
}

/** Typed access to the fields of an object of unknown make. */
function field(value: unknown) {
  if (typeof value !== "object" || value === null) throw refuse("a part of it is missing");
  const fields = value as Readonly<Record<string, unknown>>;
  const list = (name: string): readonly unknown[] => {
    const found = fields[name];
    if (!Array.isArray(found)) throw refuse(`its field ${name} is no list`);
    return found;
  };
  return {
    raw: (name: string): unknown => fields[name],
    list,
    number: (name: string): number => {
      const found = fields[name];
      if (typeof found !== "number" || !Number.isFinite(found))
        throw refuse(`its field ${name} is no number`);
      return found;
    },
    text: (name: string): string => {
      const found = fields[name];
      if (typeof found !== "string") throw refuse(`its field ${name} is no text`);
      return found;
    },
    texts: (name: string): string[] =>
      list(name).map((item) => {
        if (typeof item !== "string") throw refuse(`its field ${name} holds what is no text`);
        return item;
      }),
    numbers: (name: string): Float64Array =>
      Float64Array.from(list(name), (item) => {
        if (typeof item !== "number" || !Number.isFinite(item))
          throw refuse(`its field ${name} holds what is no number`);
        return item;
      }),
  };
}

function refuse(why: string): LabError {
  return new LabError("TL-7010", `The structure model cannot be used: ${why}`);
}
