// Holds standard input against the schema of SARIF 2.1.0, and prints what is wrong.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const Ajv = require('ajv');
const validator = new Ajv({ schemaId: 'auto', allErrors: true, unknownFormats: 'ignore' });

validator.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json'));
const validate = validator.compile(require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'));
const log = JSON.parse(readFileSync(0, 'utf8'));

if (validate(log)) {
    console.log(`valid, ${log.runs.length} run, ${log.runs[0].results.length} results`);
} else {
    for (const error of validate.errors) console.log(`${error.dataPath} ${error.message}`);
    process.exitCode = 2;
}
