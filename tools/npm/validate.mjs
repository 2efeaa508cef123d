// Lets two independent validators read an OpenAPI document.
//
// It stands beside node_modules when it runs (scripts/npm puts it there).
//
//   node validate.mjs DOCUMENT     a file, or an address to fetch it from
import SwaggerParser from '@apidevtools/swagger-parser';
import { Validator } from '@seriousme/openapi-schema-validator';
import { readFileSync } from 'node:fs';

const from = process.argv[2];
const text = from.startsWith('http') ? await (await fetch(from)).text() : readFileSync(from, 'utf8');
const read = () => JSON.parse(text); // each validator gets its own: they resolve references in place

const first = await new Validator().validate(read());
if (!first.valid) {
  console.error('openapi-schema-validator:', JSON.stringify(first.errors, null, 1));
  process.exit(1);
}
console.log('openapi-schema-validator: valid');
const second = await SwaggerParser.validate(read()); // throws what is wrong
console.log(`swagger-parser: valid, ${Object.keys(second.paths).length} paths, OpenAPI ${second.openapi}`);
