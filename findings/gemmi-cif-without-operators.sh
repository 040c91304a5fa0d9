#!/usr/bin/env bash
# gemmi 0.7.5: a spinel that it read and wrote again is another compound when it reads it back.
#
# Expected: `read_small_structure` takes a CIF with its symmetry operators, `make_cif_block` writes what was read: 8 Mg, 16 Al, 32 O in the cell.
# Seen: the operators are left out and the group's name stays as it was, "F d -3 m". Without operators gemmi takes that for origin choice 2, and
# the atoms were given in choice 1 (so does pymatgen write spinels, under the same name with operators): 16 Mg, 8 Al, 8 O, without a word.
# ASE 3.29.0 takes choice 1 where there are no operators, and is right by that guess.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check --only-binary=:all: gemmi==0.7.5 ase==3.29.0
"$work/env/bin/pip" freeze | grep -iE '^(gemmi|ase)=='
cd "$work"
cat > try.py <<'PY'
import warnings
from collections import Counter
import gemmi
from ase.io import read

warnings.simplefilter("ignore")
operators = gemmi.find_spacegroup_by_name("F d -3 m:1").operations()
with open("before.cif", "w") as file:
    file.write("data_spinel\n")
    for key, value in {"length_a": 8.083, "length_b": 8.083, "length_c": 8.083, "angle_alpha": 90, "angle_beta": 90, "angle_gamma": 90}.items():
        file.write(f"_cell_{key} {value}\n")
    file.write("_symmetry_space_group_name_H-M 'F d -3 m'\nloop_\n_symmetry_equiv_pos_as_xyz\n")
    file.writelines(f"'{operator.triplet()}'\n" for operator in operators)
    file.write("loop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n")
    file.write("Mg1 Mg 0 0 0\nAl1 Al 0.625 0.625 0.625\nO1 O 0.3875 0.3875 0.3875\n")
with open("after.cif", "w") as file:
    file.write(gemmi.read_small_structure("before.cif").make_cif_block().as_string())
for name in ("before.cif", "after.cif"):
    one = gemmi.read_small_structure(name)
    cell = Counter(site.element.name for site in one.get_all_unit_cell_sites())
    print(f"{name}: {len(one.symops)} operators; gemmi", dict(sorted(cell.items())), "ase", dict(sorted(Counter(read(name).get_chemical_symbols()).items())))
PY
seen=$(env/bin/python try.py)
echo "$seen"
[ "$seen" = "before.cif: 192 operators; gemmi {'Al': 16, 'Mg': 8, 'O': 32} ase {'Al': 16, 'Mg': 8, 'O': 32}
after.cif: 0 operators; gemmi {'Al': 8, 'Mg': 16, 'O': 8} ase {'Al': 16, 'Mg': 8, 'O': 32}" ]
