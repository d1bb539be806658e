"""A file of ours against a schema that others published: judge.py <schema> <file> <patch>. The patch, laid over the
file, must be refused: a schema that accepts everything would judge nothing."""
import json
import sys

from jsonschema import Draft7Validator
from jsonschema.validators import validator_for

schema, judged, patch = json.load(open(sys.argv[1])), json.load(open(sys.argv[2])), json.loads(sys.argv[3])
kind = validator_for(schema, Draft7Validator)
kind.check_schema(schema)
validator = kind(schema)

problems = [f'{"/".join(map(str, error.absolute_path))}: {error.message}' for error in validator.iter_errors(judged)]
if validator.is_valid({**judged, **patch}):
    problems.append(f'the schema also accepts {patch}')
for problem in problems:
    print(f'{sys.argv[2]}: {problem}')
sys.exit(1 if problems else 0)
