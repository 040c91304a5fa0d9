import { describe, expect, test } from "vitest";
import { readCifStructures } from "../../../adapters/patterns/cif-structures.ts";

const CELL = `_cell_length_a 4.0(1)
_cell_length_b 4.0
_cell_length_c 4.0
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90.
`;
const BODY = `loop_
_space_group_symop_operation_xyz
'x, y, z'
'1/2+x, 1/2+y, z+1/2'
`;

function block(name: string, sites: string, symmetry = BODY): string {
  return `data_${name}\n${CELL}${symmetry}loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
${sites}\n`;
}

describe("CIF structures", () => {
  test("every block is a structure; operators make the atoms; charges and brackets are read", () => {
    const found = readCifStructures(
      `# head\n;\ntext field\n;\n${block("one", "Mn1 Mn3+ 0 0 0 1")}${block("two", "O1 O2- 0.25(1) 0 0 .")}`,
    );
    expect(found.map(({ name }) => name)).toEqual(["one", "two"]);
    expect(found[0]!.crystal.atoms).toEqual([
      { element: "Mn", x: 0, y: 0, z: 0, occupancy: 1 },
      { element: "Mn", x: 0.5, y: 0.5, z: 0.5, occupancy: 1 },
    ]);
    expect(found[1]!.crystal.atoms[1]).toMatchObject({ element: "O", x: 0.75, occupancy: 1 });
    expect(found[0]!.crystal.cell.a_A).toBe(4);
  });

  test("what Dans_Diffraction writes is read: a name without its quotes, a decimal number of the group, operators twice", () => {
    const symmetry = `_symmetry_space_group_name_H-M           P -1
_symmetry_Int_Tables_number              2.0
loop_
_space_group_symop_operation_xyz
_symmetry_equiv_pos_as_xyz
x,y,z        x,y,z
-x,-y,-z     -x,-y,-z
`;
    const [found] = readCifStructures(block("WRITECIF", "O1 O 0.1 0.2 0.3 1.0", symmetry));
    expect(found?.crystal.atoms).toEqual([
      { element: "O", x: 0.1, y: 0.2, z: 0.3, occupancy: 1 },
      { element: "O", x: 0.9, y: 0.8, z: 0.7, occupancy: 1 },
    ]);
  });

  test("a spinel as gemmi writes it again, without the operators that it read, is refused: its origin would be a guess", () => {
    const cell = CELL.replaceAll("4.0(1)", "8.083").replaceAll(" 4.0", " 8.083");
    const written = `data_spinel\n${cell}_symmetry_space_group_name_H-M 'F d -3 m'\n
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_U_iso_or_equiv
_atom_site_occupancy
_atom_site_disorder_group
Mg1 Mg 0 0 0 0 1 .
Al1 Al 0.625 0.625 0.625 0 1 .
O1 O 0.3875 0.3875 0.3875 0 1 .
`;
    const refused = (() => {
      try {
        return readCifStructures(written);
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toMatchObject({
      code: "TL-7101",
      message: expect.stringMatching(/F d -3 m, and no operators/),
    });
    expect(refused).toMatchObject({ hint: expect.stringContaining("gemmi") });
  });

  test("occupancies that sum to 1.000001 are rounding; 1.2 is refused", () => {
    const mixed = (share: string) => block("m", `A Ni 0 0 0 0.5\nB Co 0 0 0 ${share}`);
    expect(readCifStructures(mixed("0.500001"))[0]!.crystal.atoms).toHaveLength(4);
    expect(() => readCifStructures(mixed("0.7"))).toThrow(/block "m".*filled 1.2 times/);
  });

  test.each([
    [
      "a name of a space group alone",
      block("n", "A Ni 0 0 0 1", "_space_group_name_H-M_alt 'F m -3 m'\n"),
      /no operators/,
    ],
    ["no atoms", `data_x\n${CELL}`, /no block/],
    ["an element nobody knows", block("q", "Q1 Qq 0 0 0 1"), /names no element/],
    ["a coordinate that is no number", block("c", "A Ni ? 0 0 1"), /not a coordinate/],
    [
      "an operator that is none",
      block("o", "A Ni 0 0 0 1", "_symmetry_equiv_pos_as_xyz 'x,y'\n"),
      /operator/,
    ],
  ])("%s is refused by its block", (_, content, message) => {
    expect(() => readCifStructures(content)).toThrow(message);
  });
});
