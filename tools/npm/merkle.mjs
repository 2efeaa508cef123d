// Checks a log with a library of Merkle trees (RFC 9162) that knows nothing of the
// registry: each tile, the root, the way of each receipt, and that the log grew from
// older checkpoints.
//
// It stands beside node_modules when it runs (scripts/npm puts it there).
//
//   node merkle.mjs LOG-URL     {"receipts": [text, …], "older": [checkpoint, …]} on standard input
import { RFC9162 as tree } from '@transmute/rfc9162';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const [log] = process.argv.slice(2);
const { receipts, older } = JSON.parse(readFileSync(0, 'utf8'));

const width = 256; // C2SP tlog-tiles
async function fetched(path) {
  const res = await fetch(log + path);
  assert.equal(res.status, 200, `${path} is served`);
  return Buffer.from(await res.arrayBuffer());
}
const digits = (n) => {
  let path = String(n % 1000).padStart(3, '0');
  while (n >= 1000) path = `x${String((n = Math.floor(n / 1000)) % 1000).padStart(3, '0')}/${path}`;
  return path;
};
const part = (n, of) => (of - n * width >= width ? '' : `.p/${of - n * width}`);
function checkpoint(text) {
  const [, size, root] = text.split('\n');
  return { size: Number(size), root: new Uint8Array(Buffer.from(root, 'base64')) };
}
const hex = (bytes) => Buffer.from(bytes).toString('hex');

const now = checkpoint((await fetched('checkpoint')).toString());
const entries = [];
for (let n = 0; n * width < now.size; n++) {
  const bundle = await fetched(`tile/entries/${digits(n)}${part(n, now.size)}`);
  for (let at = 0; at < bundle.length; at += 2 + bundle.readUInt16BE(at)) {
    entries.push(new Uint8Array(bundle.subarray(at + 2, at + 2 + bundle.readUInt16BE(at))));
  }
}
assert.equal(entries.length, now.size, 'as many entries as the checkpoint says');
assert.equal(hex(await tree.treeHead(entries)), hex(now.root), 'the root of the checkpoint');

let tiles = 0;
for (let level = 0, span = 1; Math.floor(now.size / span) > 0; level++, span *= width) {
  const nodes = Math.floor(now.size / span);
  for (let n = 0; n * width < nodes; n++, tiles++) {
    const path = `tile/${level}/${digits(n)}${part(n, nodes)}`;
    const tile = await fetched(path);
    for (let i = 0; i < tile.length / 32; i++) {
      const first = (n * width + i) * span;
      assert.equal(hex(tile.subarray(32 * i, 32 * i + 32)), hex(await tree.treeHead(entries.slice(first, first + span))), `hash ${i} of ${path}`);
    }
  }
}

for (const text of receipts) {
  const [head, note] = [text.slice(0, text.indexOf('\n\n')).split('\n'), text.slice(text.indexOf('\n\n') + 2)];
  const at = head.findIndex((line) => line.startsWith('index '));
  const proof = {
    log_id: '', tree_size: checkpoint(note).size, leaf_index: Number(head[at].slice('index '.length)),
    inclusion_path: head.slice(at + 1).map((line) => new Uint8Array(Buffer.from(line, 'base64'))),
  };
  const leaf = await tree.leaf(entries[proof.leaf_index]);
  assert.ok(await tree.verifyInclusionProof(checkpoint(note).root, leaf, proof), `the receipt of entry ${proof.leaf_index}`);
}
for (const note of older) {
  const then = checkpoint(note);
  const proof = await tree.consistencyProof({ tree_size: then.size }, entries);
  assert.ok(await tree.verifyConsistencyProof(then.root, now.root, proof), `grown from its first ${then.size} entries`);
}
console.log(`agrees: ${now.size} entries, ${tiles} tiles, ${receipts.length} receipts, grown from ${older.map((note) => checkpoint(note).size).join(', ')}`);
