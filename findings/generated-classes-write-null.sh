#!/usr/bin/env bash
# datamodel-code-generator 0.89.0, pydantic 2.14.4, msgspec 0.23.0: a class that was generated from a JSON Schema writes what this schema refuses.
#
# Expected: `remark` may be absent and is a string where it is there, `value` is a number. The class takes a valid message and writes a valid message;
# NaN, which JSON does not have, is refused where it is put in, or raises where it is written.
# Seen: pydantic's class takes {"value": 350} and writes "remark": null; so does the dataclass. Only the generator's msgspec class leaves absent what
# was absent. NaN is taken by each of the three as a float, and comes out as null without a word from pydantic and msgspec: a reading that
# failed looks like a field that was forgotten. exclude_none=True helps the first and not the second.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --disable-pip-version-check --only-binary=:all: datamodel-code-generator==0.89.0 pydantic==2.14.4 msgspec==0.23.0 jsonschema==4.26.0
"$work/env/bin/pip" freeze | grep -iE '^(datamodel-code-generator|pydantic|msgspec|jsonschema)=='
cd "$work"
cat > schema.json <<'JSON'
{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Result", "type": "object",
 "required": ["value"], "properties": {"value": {"type": "number"}, "remark": {"type": "string"}}}
JSON
for kind in pydantic_v2.BaseModel dataclasses.dataclass msgspec.Struct; do
  env/bin/datamodel-codegen --input schema.json --input-file-type jsonschema --output-model-type "$kind" --output "by_${kind%%[._]*}.py" 2>/dev/null
done
cat > try.py <<'PY'
import dataclasses, json
import jsonschema, msgspec
import by_dataclasses, by_msgspec, by_pydantic

schema = jsonschema.Draft202012Validator(json.load(open("schema.json")))
writers = {
    "pydantic": lambda value: by_pydantic.Result(value=value).model_dump_json(),
    "pydantic, exclude_none": lambda value: by_pydantic.Result(value=value).model_dump_json(exclude_none=True),
    "dataclass": lambda value: json.dumps(dataclasses.asdict(by_dataclasses.Result(value=value))),
    "msgspec": lambda value: msgspec.json.encode(by_msgspec.Result(value=value)).decode(),
}
for value in (350.0, float("nan")):
    for name, write in writers.items():
        text = write(value)
        print(f"{name}: {text}", "valid" if schema.is_valid(json.loads(text, parse_constant=str)) else "invalid")
PY
seen=$(env/bin/python try.py)
echo "$seen"
[ "$seen" = 'pydantic: {"value":350.0,"remark":null} invalid
pydantic, exclude_none: {"value":350.0} valid
dataclass: {"value": 350.0, "remark": null} invalid
msgspec: {"value":350.0} valid
pydantic: {"value":null,"remark":null} invalid
pydantic, exclude_none: {"value":null} invalid
dataclass: {"value": NaN, "remark": null} invalid
msgspec: {"value":null} invalid' ]
