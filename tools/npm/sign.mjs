// Signs requests with a library that knows nothing of the registry, and checks its
// answers with it. Everybody who is asked about is made up.
//
// It stands beside node_modules when it runs (scripts/npm puts it there).
//
//   node sign.mjs SERVER KEY-FILE     the question on standard input
import { createSigner, createVerifier, httpbis } from 'http-message-signatures';
import assert from 'node:assert/strict';
import { createHash, createPrivateKey, createPublicKey, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [server, file] = process.argv.slice(2);
const key = createPrivateKey(readFileSync(file));
const { x } = createPublicKey(key).export({ format: 'jwk' });
const thumbprint = (jwk) => createHash('sha256').update(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x })).digest('base64url');
const keyid = thumbprint({ crv: 'Ed25519', kty: 'OKP', x });
const { keys } = await (await fetch(`${server}/.well-known/recourse-keys.json`)).json();
for (const k of keys) assert.equal(k.kid, thumbprint(k), 'the id of a key of answers is its thumbprint');

async function signed(method, path, body) {
  const headers = {};
  const fields = ['@method', '@target-uri'];
  if (method === 'POST') {
    headers['content-type'] = 'application/json';
    headers['idempotency-key'] = randomUUID();
    headers['content-digest'] = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
    fields.push('content-digest', 'content-type', 'idempotency-key');
  }
  const { headers: all } = await httpbis.signMessage({
    key: createSigner(key, 'ed25519', keyid), name: 'recourse', fields, params: ['created', 'expires', 'nonce', 'keyid', 'alg'],
    paramValues: { created: new Date(), expires: new Date(Date.now() + 60_000), nonce: randomBytes(18).toString('base64url') },
  }, { method, url: server + path, headers });
  return { method, headers: all, body };
}

const verify = (res, body) => httpbis.verifyMessage({
  tolerance: 60,
  requiredFields: ['@status', 'content-digest', 'content-type'],
  keyLookup: async ({ keyid }) => {
    const jwk = keys.find((k) => k.kid === keyid);
    return jwk && { id: keyid, algs: ['ed25519'], verify: createVerifier(createPublicKey({ key: jwk, format: 'jwk' }), 'ed25519') };
  },
}, { status: res.status, headers: { ...Object.fromEntries(res.headers), 'content-digest': `sha-256=:${createHash('sha256').update(body).digest('base64')}:` } });

async function send(path, request) {
  const res = await fetch(server + path, request);
  return { res, text: await res.text() };
}

const question = readFileSync(0, 'utf8');
const ask = await signed('POST', '/api/v1/inquiries', question);
const { res, text } = await send('/api/v1/inquiries', ask);
assert.equal(res.status, 200, text);
assert.equal(await verify(res, text), true, 'the answer verifies');
console.log(`asked: ${JSON.parse(text).outcome}, the answer verifies`);

// Controls: a changed answer does not verify, a request is taken once, a changed one never.
assert.notEqual(await verify(res, text + ' ').catch(() => false), true, 'a changed answer verifies');
assert.notEqual(await verify({ status: 201, headers: res.headers }, text).catch(() => false), true, 'another status verifies');
const again = await send('/api/v1/inquiries', ask);
console.log(`sent again: ${again.res.status} ${JSON.parse(again.text).code}`);
const other = await signed('POST', '/api/v1/inquiries', question);
const changed = await send('/api/v1/inquiries', { ...other, body: question.replace('Sample', 'Simple') });
console.log(`changed: ${changed.res.status} ${JSON.parse(changed.text).code}`);

const list = await send('/api/v1/keys', await signed('GET', '/api/v1/keys'));
assert.equal(await verify(list.res, list.text), true, 'the list verifies');
console.log(`read: ${JSON.parse(list.text).keys.length} keys, the answer verifies`);
