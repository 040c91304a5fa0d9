/** TL-7xxx: structures and simulations. `what` is when it happens, `hint` what to do unless the error says better. */
export const STRUCTURE_CODES = {
  "TL-7001": { what: "the structure input is not usable", hint: "See the message." },
  "TL-7002": {
    what: "a file of frames cannot be understood",
    hint: "Correct the line named, or write the file again with the program that made it.",
  },
  "TL-7003": {
    what: "a file of frames ends in the middle of a frame",
    hint: "The run may still be writing, or was stopped; use only its complete frames.",
  },
  "TL-7004": {
    what: "a file's format is not known",
    hint: "Use extended XYZ, a LAMMPS text dump, CONQUEST md.frames or XSF, plain or gzip.",
  },
  "TL-7005": {
    what: "a simulation cell is not usable",
    hint: "A periodic direction needs a lattice vector; the three must span a volume.",
  },
  "TL-7006": {
    what: "the lengths of a frame are not in angstrom",
    hint: "Convert them, or let the dump state its units (LAMMPS: dump_modify ID units yes).",
  },
  "TL-7010": {
    what: "a structure model cannot be used",
    hint: "Train it again with tieline structure train.",
  },
  "TL-7011": {
    what: "frames and model do not fit together",
    hint: "Train the model on frames of the same chemical species.",
  },
  "TL-7012": {
    what: "the training atoms hold too little structure to project",
    hint: "Add frames: at least two temperatures per phase, with thermal motion.",
  },
  "TL-7013": {
    what: "a table of descriptors cannot be understood",
    hint: "One row an atom, numbers separated by commas, no header.",
  },
  "TL-7020": {
    what: "a trajectory is not the one that was announced",
    hint: "Its checksum differs; the runner must send it again.",
  },
  "TL-7021": {
    what: "a trajectory lies where it may not be read",
    hint: "Let its runner write a regular file below the data folder or a folder of files.roots.",
  },
  "TL-7030": {
    what: "the simulation program cannot be run",
    hint: "Install LAMMPS (Debian: apt-get install lammps) or name the program with --lmp.",
  },
  "TL-7031": {
    what: "an input template is not usable",
    hint: "It must write the dump named by the variable OUT; see docs/structure.md.",
  },
  "TL-7032": {
    what: "the runner's journal cannot be used",
    hint: "Check the folder; another runner may be using it.",
  },
  "TL-7033": {
    what: "the cluster does not know who asks",
    hint: "Renew the token or the account; the runner goes on by itself.",
  },
} as const;
