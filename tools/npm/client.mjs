// Generates a client from the document that a server gives, and lets it walk
// from a delivery to an answer. Everybody in the rows is made up.
//
// It stands beside node_modules when it runs (scripts/npm puts it there).
//
//   node client.mjs SERVER WORK-FOLDER
//
// The token is in TOKEN, the file to deliver on standard input.
import { createClient } from '@hey-api/openapi-ts';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';

const [server, work] = process.argv.slice(2);

async function generate() {
  await createClient({ input: `${server}/api/v1/openapi.json`, output: work, plugins: ['@hey-api/client-fetch', '@hey-api/sdk'], logs: { level: 'silent' } });
  for (const entry of readdirSync(work, { recursive: true })) {
    if (!entry.endsWith('.ts')) continue;
    const { outputText } = ts.transpileModule(readFileSync(join(work, entry), 'utf8'),
      { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true } });
    writeFileSync(join(work, entry.replace(/\.ts$/, '.js')), outputText);
  }
  writeFileSync(join(work, 'package.json'), '{"type":"commonjs"}');
  return createRequire(pathToFileURL(`${work}/`))('./index.js');
}

const api = await generate();
const { client } = createRequire(pathToFileURL(`${work}/`))('./client.gen.js');
client.setConfig({ baseUrl: `${server}/api/v1`, auth: () => process.env.TOKEN });
const key = () => ({ 'Idempotency-Key': randomUUID() });

const types = await api.types();
assert.ok(types.data.types.some((t) => t.code === 'market-penalty'), 'the catalogue has the type');

const sent = await api.deliver({ query: { type: 'market-penalty' }, headers: key(), body: readFileSync(0, 'utf8'), bodySerializer: null });
assert.equal(sent.response.status, 200, JSON.stringify(sent.error));
assert.equal(sent.data.counts.new, 1);
assert.equal(sent.data.counts.quarantined, 1);
console.log(`delivered: ${sent.data.counts.new} new, ${sent.data.counts.quarantined} quarantined`);

const again = await api.delivery({ path: { id: sent.data.delivery } });
assert.equal(again.data.state, 'done');
const found = await api.findings({ path: { id: sent.data.delivery } });
assert.equal(found.data.findings.length, 1);
assert.ok(!JSON.stringify(found.data).includes('999999'), 'no value of a row is repeated');
console.log(`found: row ${found.data.findings[0].row}, ${found.data.findings[0].code}`);

const asked = await api.ask({ headers: key(), body: {
  purpose: 'food-licence-application', basis: 'statute', case: 'FL2026-000001', reason: 'sample',
  person: { id_type: 'cn-id', id_number: '999999195802030078', name: '示例甲' } } });
assert.equal(asked.data?.outcome, 'nothing to show', JSON.stringify(asked.error)); // the person was not told yet
console.log(`asked: ${asked.data.outcome}`);

const stranger = await api.delivery({ path: { id: sent.data.delivery }, auth: 'no token' });
assert.equal(stranger.response.status, 401);
assert.ok(stranger.error.code, 'a problem has its code');
console.log(`without a token: ${stranger.response.status} ${stranger.error.code}`);
