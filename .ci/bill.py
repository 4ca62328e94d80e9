"""Checks bills of materials against the schema of CycloneDX that they name."""

import json
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        text = file.read()
    validator = JsonStrictValidator(SchemaVersion.from_version(json.loads(text)["specVersion"]))
    if error := validator.validate_str(text):
        sys.exit(f"{name}: {str(error).splitlines()[0]}")
    print(f"{name}: valid")
