// Lets two independent validators read an OpenAPI document.
//
// It stands beside node_modules when it runs (scripts/npm puts it there).
//
//   node validate.mjs DOCUMENT
import SwaggerParser from '@apidevtools/swagger-parser';
import { Validator } from '@seriousme/openapi-schema-validator';
import { readFileSync } from 'node:fs';

const read = () => JSON.parse(readFileSync(process.argv[2], 'utf8'));

const first = await new Validator().validate(read());
if (!first.valid) {
  console.error('openapi-schema-validator:', JSON.stringify(first.errors, null, 1));
  process.exit(1);
}
console.log('openapi-schema-validator: valid');
const second = await SwaggerParser.validate(read()); // throws what is wrong
console.log(`swagger-parser: valid, ${Object.keys(second.paths).length} paths, OpenAPI ${second.openapi}`);
