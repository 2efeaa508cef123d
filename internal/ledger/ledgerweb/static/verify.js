/* The checks of docs/reference/log.md, with nothing from elsewhere: SHA-256, HMAC and
   Ed25519 are the browser's own. What does not hold is a Fault with its code. Nothing
   is sent anywhere or kept. */
globalThis.recourseVerify = (() => {
'use strict';
class Fault extends Error {
  constructor(code, at) { super(code); this.code = code; this.at = at || ''; }
}
const fail = code => { throw new Fault('E-PROOF-' + code); };
const need = (ok, code) => { if (!ok) fail(code); };
const trustFault = () => { throw new Fault('E-VERIFY-TRUST'); };

/* Bytes and texts. */
const bytes = text => new TextEncoder().encode(text);
const text = b => new TextDecoder().decode(b);
function join(...parts) {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) { out.set(p, at); at += p.length; }
  return out;
}
function order(a, b) {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}
const same = (a, b) => order(a, b) === 0;
const hex = b => Array.from(b, x => x.toString(16).padStart(2, '0')).join('');
function unhex(s, size) {
  need(typeof s === 'string' && s.length === 2 * size && /^[0-9a-f]*$/.test(s), 'FORM');
  return Uint8Array.from({length: size}, (_, i) => parseInt(s.slice(2 * i, 2 * i + 2), 16));
}
const isBase64 = s => s.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(s);
const unbase64 = s => Uint8Array.from(atob(s), c => c.charCodeAt(0));
function base64(b) {
  let out = '';
  for (const x of b) out += String.fromCharCode(x);
  return btoa(out);
}
/* exact reads base64 that could be written in no other way. */
function exact(s, size) {
  need(isBase64(s), 'FORM');
  const b = unbase64(s);
  need(base64(b) === s && (size === undefined || b.length === size), 'FORM');
  return b;
}
function number(s, bits) {
  need(/^(0|[1-9][0-9]{0,19})$/.test(s) && BigInt(s) < 1n << BigInt(bits), 'FORM');
  return BigInt(s);
}
function big(n, size) {
  const out = new Uint8Array(size);
  for (let i = size - 1, rest = BigInt(n); i >= 0; i--, rest >>= 8n) out[i] = Number(rest & 255n);
  return out;
}
/* dayNumber counts days since 1970; undefined for a day that does not exist. */
function dayNumber(s) {
  const m = /^(\d{4})-(\d\d)-(\d\d)$/.exec(s);
  if (!m) return undefined;
  const d = new Date(0);
  d.setUTCFullYear(+m[1], +m[2] - 1, +m[3]);
  return d.getUTCMonth() === +m[2] - 1 && d.getUTCDate() === +m[3] ? d.getTime() / 86400000 : undefined;
}

/* Hashes and signatures. */
const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest('SHA-256', join(...parts)));
async function hmac(key, ...parts) {
  const k = await crypto.subtle.importKey('raw', key, {name: 'HMAC', hash: 'SHA-256'}, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', k, join(...parts)));
}
async function signedBy(key, message, signature) {
  if (signature.length !== 64) return false;
  const k = await crypto.subtle.importKey('raw', key, {name: 'Ed25519'}, false, ['verify']);
  return crypto.subtle.verify({name: 'Ed25519'}, k, signature, message);
}

/* Trees of RFC 6962. */
const leaf = content => sha256(Uint8Array.of(0), content);
const inner = (left, right) => sha256(Uint8Array.of(1), left, right);
async function included(at, index, size, path, root) {
  if (index >= size) return false;
  let fn = index, sn = size - 1n;
  for (const p of path) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      at = await inner(p, at);
      while (!(fn & 1n) && fn !== 0n) { fn >>= 1n; sn >>= 1n; }
    } else at = await inner(at, p);
    fn >>= 1n; sn >>= 1n;
  }
  return sn === 0n && same(at, root);
}
async function grew(older, newer, way) {
  if (way.length === 0) return false;
  let fn = older.size - 1n, sn = newer.size - 1n;
  if ((older.size & (older.size - 1n)) === 0n) way = [older.root, ...way];
  while (fn & 1n) { fn >>= 1n; sn >>= 1n; }
  let fr = way[0], sr = way[0];
  for (const c of way.slice(1)) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      fr = await inner(c, fr); sr = await inner(c, sr);
      while (!(fn & 1n) && fn !== 0n) { fn >>= 1n; sn >>= 1n; }
    } else sr = await inner(sr, c);
    fn >>= 1n; sn >>= 1n;
  }
  return sn === 0n && same(fr, older.root) && same(sr, newer.root);
}
/* range is a tree that grows at its end. wider is the tree of what the leaves stand for, each for as many. */
function range(size = 0, peaks = []) {
  return {
    size: () => size,
    wider: each => range(size * each, [...peaks]),
    async add(hash) {
      for (let n = size; n % 2 === 1; n = (n - 1) / 2) hash = await inner(peaks.pop(), hash);
      peaks.push(hash); size++;
    },
    async root() {
      if (size === 0) return sha256();
      let at = peaks[peaks.length - 1];
      for (let i = peaks.length - 2; i >= 0; i--) at = await inner(peaks[i], at);
      return at;
    },
  };
}

/* Whose word counts: a log's key and a policy of witnesses. */
const goodName = s => s !== '' && !/[\s\u0085+]/u.test(s);
async function verifier(vkey, cosigns) {
  const [name, id, ...rest] = vkey.split('+'), key64 = rest.join('+');
  if (!goodName(name) || !/^[0-9a-fA-F]{8}$/.test(id || '') || !isBase64(key64)) trustFault();
  const raw = unbase64(key64);
  if (raw.length !== 33 || raw[0] !== 1 && !(cosigns && raw[0] === 4)) trustFault(); // other algorithms: recourse-verify
  const key = raw.slice(1), kind = cosigns ? 4 : 1;
  const hash = hex((await sha256(bytes(name + '\n'), Uint8Array.of(kind), key)).slice(0, 4));
  if (!cosigns && hash !== id.toLowerCase()) trustFault();
  const verify = cosigns
    ? (message, sig) => sig.length === 72 && signedBy(key, join(bytes('cosignature/v1\ntime ' + stamp(sig) + '\n'), message), sig.slice(8))
    : (message, sig) => signedBy(key, message, sig);
  return {name, hash, verify};
}
const stamp = sig => sig.slice(0, 8).reduce((n, x) => n << 8n | BigInt(x), 0n);
const keywords = ['witness', 'group', 'any', 'all', 'none', 'quorum', 'log'];
async function trust(logKey, policy) {
  const log = await verifier(logKey.trim(), false);
  if (policy.trim() === '') return {log, group: null, watching: []};
  const known = new Map();
  let quorum = '';
  for (const line of policy.split('\n')) {
    const f = line.replace(/#.*/, '').trim().split(/\s+/);
    const fresh = () => { if (keywords.includes(f[1]) || known.has(f[1])) trustFault(); };
    if (f[0] === '' || f[0] === 'log') continue;
    if (f[0] === 'witness' && f.length === 4) {
      fresh();
      known.set(f[1], {witness: await verifier(f[2], true), url: f[3]});
    } else if (f[0] === 'group' && f.length >= 3) {
      fresh();
      const parts = f.slice(3).map(n => known.get(n) || trustFault());
      const n = f[2] === 'any' ? 1 : f[2] === 'all' ? parts.length : /^[0-9]{1,3}$/.test(f[2]) ? +f[2] : trustFault();
      if (n > parts.length) trustFault();
      known.set(f[1], {n, parts});
    } else if (f[0] === 'quorum' && f.length === 2) quorum = f[1];
    else trustFault();
  }
  if (quorum === 'none') return {log, group: {n: 0, parts: []}, watching: []};
  let group = known.get(quorum) || trustFault();
  if (group.witness) group = {n: 1, parts: [group]};
  const watching = new Map();
  (function collect(g) { for (const p of g.parts) p.witness ? watching.set(p.url, p.witness) : collect(p); })(group);
  return {log, group, watching: [...watching.values()]};
}

/* Signed notes and checkpoints. */
function parseNote(signed) {
  need(!/[\0-\x09\x0b-\x1f]/.test(signed), 'FORM');
  const split = signed.lastIndexOf('\n\n');
  need(split >= 0 && signed.endsWith('\n') && split + 2 < signed.length, 'FORM');
  return {text: signed.slice(0, split + 1), lines: signed.slice(split + 2, -1).split('\n')};
}
function parseSignature(line) {
  need(line.startsWith('— '), 'FORM');
  const rest = line.slice(2), cut = rest.indexOf(' ');
  const name = cut < 0 ? rest : rest.slice(0, cut), b64 = cut < 0 ? '' : rest.slice(cut + 1);
  need(goodName(name) && b64 !== '' && isBase64(b64), 'FORM');
  const raw = unbase64(b64);
  need(raw.length >= 5, 'FORM');
  return {name, hash: hex(raw.slice(0, 4)), sig: raw.slice(4)};
}
function parseBody(body) {
  const lines = body.split('\n');
  need(lines.length >= 4 && lines[0] !== '', 'FORM');
  return {origin: lines[0], size: number(lines[1], 64), root: exact(lines[2], 32), extensions: lines.slice(3, -1)};
}
const is = (v, s) => v.name === s.name && v.hash === s.hash;
async function checkLog(t, signed) {
  const n = parseNote(signed), message = bytes(n.text), known = [t.log, ...t.watching], seen = new Set(), held = [];
  for (const [i, line] of n.lines.entries()) {
    const s = parseSignature(line);
    need(i < 100, 'FORM');
    const by = known.filter(v => is(v, s)), id = s.name + '+' + s.hash;
    need(by.length <= 1, 'FORM');
    if (by.length === 0 || seen.has(id)) continue;
    seen.add(id);
    need(await by[0].verify(message, s.sig), 'SIGNATURE');
    held.push(s);
  }
  need(held.length > 0, 'SIGNATURE');
  const c = parseBody(n.text);
  need(held.some(s => is(t.log, s)) && c.origin === t.log.name, 'SIGNATURE');
  c.witnesses = held.filter(s => !is(t.log, s)).map(s => ({name: s.name, at: new Date(Number(stamp(s.sig)) * 1000)}));
  return c;
}
async function satisfied(part, sigs, message) {
  if (part.witness) {
    const s = sigs.find(s => is(part.witness, s));
    return s !== undefined && part.witness.verify(message, s.sig);
  }
  let count = 0;
  for (const p of part.parts) if (count < part.n && await satisfied(p, sigs, message)) count++;
  return count >= part.n;
}
async function checkCheckpoint(t, signed) {
  const c = await checkLog(t, signed);
  if (t.group) {
    const n = parseNote(signed);
    need(await satisfied(t.group, n.lines.map(parseSignature), bytes(n.text)), 'WITNESS');
  }
  return c;
}
async function checkConsistency(t, olderNote, newerNote, wayText) {
  const older = await checkLog(t, olderNote), newer = await checkLog(t, newerNote);
  const way = wayText === '' ? [] : wayText.replace(/\n$/, '').split('\n').map(line => {
    need(isBase64(line), 'FORM');
    const h = unbase64(line);
    need(h.length === 32, 'FORM');
    return h;
  });
  need(older.origin === newer.origin, 'SIGNATURE');
  need(older.size <= newer.size, 'ROLLBACK');
  if (older.size === newer.size) need(same(older.root, newer.root), 'FORK');
  else if (older.size > 0n) need(await grew(older, newer, way), 'FORK');
  return {older, newer};
}
const checkFresh = (c, since) => need(c.witnesses.some(w => w.at >= since), 'STALE');

/* Events and what opens their entries. */
function parseFields(b) {
  need(b.length >= 5 && b[0] === 1, 'FORM');
  const view = new DataView(b.buffer, b.byteOffset, b.length);
  let at = 5, last = null;
  const n = view.getUint32(1), out = [];
  need(n * 9 <= b.length - 5, 'FORM');
  const part = () => {
    need(b.length - at >= 4, 'FORM');
    const size = view.getUint32(at);
    need(size <= b.length - at - 4, 'FORM');
    at += 4 + size;
    return b.slice(at - size, at);
  };
  for (let i = 0; i < n; i++) {
    const name = part(), value = part();
    need((last === null || order(last, name) < 0) && value.length > 0, 'FORM');
    last = name;
    out.push([text(name), value]);
  }
  need(at === b.length, 'FORM');
  return out;
}
function parseEvent(b) {
  const e = {facts: {}}, got = new Set();
  for (const [name, raw] of parseFields(b)) {
    const value = text(raw);
    if (name.startsWith('fact.') && name !== 'fact.') { e.facts[name.slice(5)] = value; continue; }
    if (name === 'own') { e.own = unhex(value, 32); continue; }
    need(['at', 'event', 'kind', 'stream'].includes(name), 'FORM');
    got.add(name);
    e[name] = value;
  }
  need(got.size === 4, 'FORM');
  const m = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}Z$/.exec(e.at);
  need(m && dayNumber(m[1]) !== undefined, 'FORM');
  unhex(e.event, 16);
  e.stream = unhex(e.stream, 16);
  return e;
}
function parseReceipt(s) {
  need(bytes(s).length <= 256 << 10 && s.endsWith('\n'), 'FORM');
  const lines = s.split('\n'), empty = lines.indexOf('');
  need(lines[0] === 'c2sp.org/tlog-proof@v1' && empty >= 3 && empty <= lines.length - 2, 'FORM');
  need(lines[1].startsWith('extra ') && lines[2].startsWith('index ') && lines.every(l => !l.endsWith('\r')), 'FORM');
  const r = {index: number(lines[2].slice(6), 64), path: lines.slice(3, empty).map(l => exact(l, 32)), checkpoint: lines.slice(empty + 1).join('\n')};
  for (const [name, value] of parseFields(exact(lines[1].slice(6)))) {
    need(['event', 'own'].includes(name) || ['nonce', 'own_key'].includes(name) && value.length === 32 || name === 'stream' && value.length === 16, 'FORM');
    r[name] = value;
  }
  need(r.event && !r.own === !r.own_key, 'FORM');
  if (r.own) {
    r.facts = parseFields(r.own);
    need(r.facts.length > 0, 'FORM');
  }
  return r;
}
async function checkReceipt(t, s) {
  const r = parseReceipt(s), seen = await checkCheckpoint(t, r.checkpoint);
  const entry = r.nonce ? join(Uint8Array.of(1), await hmac(r.nonce, bytes('recourse/event/v1'), r.event)) : join(Uint8Array.of(2), r.event);
  need(await included(await leaf(entry), r.index, seen.size, r.path, seen.root), 'INCLUSION');
  const event = parseEvent(r.event);
  if (r.stream) {
    const mark = r.nonce ? (await hmac(r.nonce, bytes('recourse/stream/v1'), r.stream)).slice(0, 16) : r.stream;
    need(same(mark, event.stream), 'STREAM');
  }
  if (r.own) {
    need(event.own && same(event.own, await hmac(r.own_key, bytes('recourse/own/v1'), r.own)), 'INCLUSION');
    for (const [name, value] of r.facts) {
      need(name !== '' && !Object.hasOwn(event.facts, name), 'FORM');
      event.facts[name] = text(value);
    }
  }
  return {index: r.index, event, sealed: !!r.nonce, stream: r.stream, seen};
}

/* Labels and files of receipts. */
function parseDay(event) {
  const f = event.facts;
  need(event.kind === 'ledger.labelled' && Object.keys(f).sort().join() === 'bits,day,from,root,until', 'FORM');
  const d = {day: f.day, number: dayNumber(f.day), from: number(f.from, 63), until: number(f.until, 63), bits: Number(number(f.bits, 16)), root: exact(f.root, 32)};
  need(d.number !== undefined && d.bits <= 16 && d.from < d.until, 'FORM');
  return d;
}
function parseBucket(s) {
  const split = s.indexOf('\n\n');
  need(split >= 0, 'FORM');
  const head = s.slice(0, split).split('\n'), body = s.slice(split + 2);
  need(head.length >= 4 && head[0] === 'recourse/labels@v1' && head[1].startsWith('day ') && head[2].startsWith('bits ') && /^bucket (0|-?[1-9][0-9]{0,8})$/.test(head[3]), 'FORM');
  need(body === '' || body.endsWith('\n'), 'FORM');
  const b = {day: head[1].slice(4), bits: Number(number(head[2].slice(5), 16)), number: +head[3].slice(7)};
  need(dayNumber(b.day) !== undefined && b.bits <= 16, 'FORM');
  b.way = head.slice(4).map(l => exact(l, 32));
  b.labels = body === '' ? [] : body.slice(0, -1).split('\n').map(l => unhex(l, 16));
  return b;
}
async function checkBucket(b, d) {
  const sorted = b.labels.every((l, i) => i === 0 || order(b.labels[i - 1], l) <= 0);
  need(b.day === d.day && b.bits === d.bits && sorted && b.number >= 0 &&
    await included(await leaf(join(...b.labels)), BigInt(b.number), 1n << BigInt(d.bits), b.way, d.root), 'BUCKET');
}
async function bucketOf(key, d) {
  const sum = await hmac(key, bytes('recourse/bucket/v1'), big(d.number, 4));
  return (sum[0] << 8 | sum[1]) >> (16 - d.bits);
}
async function labelOf(key, d, n, bucket) {
  const l = (await hmac(key, bytes('recourse/label/v1'), big(d.number, 4), big(n, 8))).slice(0, 16);
  const low = (1 << (16 - d.bits)) - 1, head = (l[0] << 8 | l[1]) & low | bucket << (16 - d.bits) & ~low;
  l[0] = head >> 8 & 255; l[1] = head & 255;
  return l;
}
async function count(key, d, b, n, erased) {
  const bucket = await bucketOf(key, d);
  need(b.number === bucket, 'BUCKET');
  need(erased <= b.labels.length, 'UNLABELLED');
  n += erased;
  const has = l => b.labels.some(x => same(x, l));
  for (let i = 1; i <= n; i++) need(has(await labelOf(key, d, i, bucket)), 'UNLABELLED');
  need(!has(await labelOf(key, d, n + 1, bucket)), 'WITHHELD');
}
function parseFile(s) {
  let f;
  try { f = JSON.parse(s); } catch { fail('FORM'); }
  const only = (o, names) => need(o !== null && typeof o === 'object' && !Array.isArray(o) && Object.keys(o).every(k => names.includes(k)), 'FORM');
  only(f, ['format', 'origin', 'stream', 'label_key', 'receipts', 'erased', 'days']);
  f.receipts = f.receipts || []; f.days = f.days || []; f.erased = f.erased || {};
  only(f.erased, Object.keys(f.erased));
  need(f.format === 'recourse/receipts@v1' && Array.isArray(f.receipts) && Array.isArray(f.days), 'FORM');
  for (const r of f.receipts) need(typeof r === 'string', 'FORM');
  for (const n of Object.values(f.erased)) need(Number.isSafeInteger(n) && n >= 0, 'FORM');
  for (const d of f.days) { only(d, ['receipt', 'bucket']); need(typeof d.receipt === 'string' && typeof d.bucket === 'string', 'FORM'); }
  return f;
}
async function checkFile(t, s) {
  const f = parseFile(s), stream = unhex(f.stream, 16), key = unhex(f.label_key, 16), by = new Map();
  need(f.origin === t.log.name, 'FORM');
  for (const r of f.receipts) {
    const p = await checkReceipt(t, r);
    need(p.stream && same(p.stream, stream), 'STREAM');
    by.set(p.index, p);
  }
  const events = [...by.values()].sort((x, y) => x.index < y.index ? -1 : 1), a = {origin: f.origin, events, days: 0, from: '', until: '', unlabelled: events.length, erased: 0, erasedOn: ''};
  let next = 0n, left = events, last;
  for (const one of f.days) {
    const p = await checkReceipt(t, one.receipt), d = parseDay(p.event);
    need(!p.sealed, 'FORM');
    const b = parseBucket(one.bucket);
    await checkBucket(b, d);
    need(d.from === next && (a.days === 0 || d.number > last), 'DAYS');
    const n = left.filter(e => e.index < d.until).length;
    const erased = Object.hasOwn(f.erased, d.day) ? f.erased[d.day] : 0;
    await count(key, d, b, n, erased);
    if (erased > 0) { a.erased += erased; a.erasedOn = d.day; }
    left = left.slice(n);
    if (a.days === 0) a.from = d.day;
    next = d.until; last = d.number; a.until = d.day; a.days++;
  }
  a.unlabelled = left.length;
  return a;
}

/* A whole copy of a log: parts by their paths (C2SP tlog-tiles). */
function tilePath(level, n, width) {
  let s = String(n % 1000).padStart(3, '0');
  for (n = Math.floor(n / 1000); n > 0; n = Math.floor(n / 1000)) s = 'x' + String(n % 1000).padStart(3, '0') + '/' + s;
  return 'tile/' + level + '/' + s + (width < 256 ? '.p/' + width : '');
}
async function checkMirror(t, parts, after = '') {
  const read = path => parts.get(path) || (() => { throw new Fault('E-VERIFY-REACH', path); })();
  const off = path => { throw new Fault('E-PROOF-TILE', path); };
  const c = await checkCheckpoint(t, utf8(read('checkpoint'))), levels = [], older = after ? await checkLog(t, after) : {size: 0n};
  const found = {seen: c, entries: 0, open: 0, days: [], after: older.size};
  need(older.size <= c.size, 'ROLLBACK');
  let whole = range(), forked = false;
  /* grewFrom is asked before each entry: a tree that is as long as the older one must be it. */
  const grewFrom = async () => { if (BigInt(whole.size()) === older.size && older.size > 0n && !same(await whole.root(), older.root)) forked = true; };
  const compare = level => {
    const l = levels[level], path = tilePath(level, l.n, l.hashes.length);
    if (!same(read(path), join(...l.hashes))) off(path);
  };
  const add = async (level, hash) => {
    const l = levels[level] || (levels[level] = {n: 0, hashes: [], of: range()});
    l.hashes.push(hash);
    await l.of.add(hash);
    if (l.hashes.length < 256) return;
    compare(level);
    const root = await l.of.root();
    levels[level] = {n: l.n + 1, hashes: [], of: range()};
    await add(level + 1, root);
  };
  const skipped = Number(older.size / 256n), tiles = Math.floor(Number(c.size) / 256);
  for (let n = 0, above; n < skipped; n++) {
    if (n % 256 === 0) {
      const width = Math.min(256, tiles - n), path = tilePath(1, n / 256, width);
      above = read(path);
      if (above.length !== width * 32) off(path);
    }
    if (n === 0) levels[0] = {n: skipped, hashes: [], of: range()};
    const hash = above.slice(n % 256 * 32, n % 256 * 32 + 32);
    await whole.add(hash);
    await add(1, hash);
  }
  whole = whole.wider(256);
  while (whole.size() < c.size) {
    const width = Math.min(256, Number(c.size) - whole.size()), path = tilePath('entries', Math.floor(whole.size() / 256), width), raw = read(path);
    let at = 0;
    const list = [];
    while (list.length < width) {
      const size = raw.length - at < 2 ? Infinity : raw[at] << 8 | raw[at + 1];
      if (raw.length - at - 2 < size) off(path);
      list.push(raw.slice(at + 2, at + 2 + size));
      at += 2 + size;
    }
    if (at !== raw.length) off(path);
    for (const entry of list) {
      await grewFrom();
      if (whole.size() >= older.size) {
        readEntry(entry, whole.size(), found);
        found.entries++;
      }
      const hash = await leaf(entry);
      await whole.add(hash);
      await add(0, hash);
    }
  }
  for (let level = 0; level < levels.length; level++) if (levels[level].hashes.length > 0) compare(level);
  await grewFrom();
  if (!same(await whole.root(), c.root)) off('checkpoint');
  need(!forked, 'FORK');
  return found;
}
function readEntry(entry, index, found) {
  if (entry.length === 33 && entry[0] === 1) return;
  need(entry.length > 1 && entry[0] === 2, 'FORM');
  const e = parseEvent(entry.slice(1));
  found.open++;
  if (e.kind !== 'ledger.labelled') return;
  const d = parseDay(e), before = found.days[found.days.length - 1];
  need((before ? d.from === before.until : d.from <= found.after) && d.until <= index && (!before || d.number > before.number), 'DAYS');
  found.days.push(d);
}
/* utf8 reads bytes that must be text. */
function utf8(b) {
  try { return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(b); } catch { return fail('FORM'); }
}

/* able says whether this browser can check signatures. */
async function able() {
  try {
    const key = Uint8Array.from(atob('11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo='), c => c.charCodeAt(0)); // RFC 8032, 7.1
    await crypto.subtle.importKey('raw', key, {name: 'Ed25519'}, false, ['verify']);
    return true;
  } catch { return false; }
}
return {Fault, trust, able, utf8, hex, checkReceipt, checkFile, checkCheckpoint, checkLog, checkConsistency, checkFresh, checkMirror};
})();

/* The page /v. */
if (globalThis.document) addEventListener('DOMContentLoaded', async () => {
  'use strict';
  const V = globalThis.recourseVerify, box = document.querySelector('[data-verify]');
  if (!box) return;
  const $ = name => box.querySelector('[data-' + name + ']');
  const say = (name, values) => $('say=' + name).textContent.replace(/\[(\w+)\]/g, (_, k) => values[k]);
  const out = $('out');
  function show(holds, lines) {
    out.replaceChildren(...lines.map((l, i) => {
      const p = document.createElement(i === 0 ? 'b' : 'p');
      p.textContent = l;
      return p;
    }));
    out.className = holds ? 'box wash' : 'box';
    out.dataset.out = holds ? 'holds' : 'fails';
  }
  function code(e) {
    const row = box.querySelector('[data-code="' + e.code + '"]');
    show(false, [say('fails', {code: e.code || ''}), row ? row.textContent : String(e), ...(e.at ? [e.at] : [])]);
  }
  const seen = c => [say('log', {origin: c.origin, size: c.size}), ...c.extensions,
    ...c.witnesses.map(w => say('seen', {name: w.name, at: w.at.toISOString()})), ...(c.witnesses.length ? [] : [say('alone', {})])];
  const event = p => [say('event', {index: p.index, kind: p.event.kind, at: p.event.at}), ...Object.entries(p.event.facts).map(([k, v]) => k + ': ' + v)];
  async function one(t, s) {
    if (s.startsWith('c2sp.org/tlog-proof')) {
      const p = await V.checkReceipt(t, s);
      return [...event(p), ...seen(p.seen)];
    }
    if (!s.trimStart().startsWith('{')) return seen(await V.checkCheckpoint(t, s));
    const a = await V.checkFile(t, s), lines = [say('events', {n: a.events.length})];
    lines.push(a.days ? say('whole', {from: a.from, until: a.until}) : say('unlabelled', {}));
    if (a.erased) lines.push(say('erased', {n: a.erased, day: a.erasedOn}));
    for (const p of a.events) lines.push(...event(p));
    return lines;
  }
  async function run(check) {
    out.textContent = say('busy', {});
    try { show(true, [say('holds', {}), ...await check(await V.trust($('key').value, $('policy').value))]); } catch (e) { code(e); }
  }
  const text = async file => V.utf8(new Uint8Array(await file.arrayBuffer()));
  /* A text that was pasted lacks at most the end of its last line. */
  const typed = name => { const s = $(name).value; return s === '' || s.endsWith('\n') ? s : s + '\n'; };
  $('check').addEventListener('click', () => run(t => one(t, typed('text'))));
  $('file').addEventListener('change', e => e.target.files[0] && run(async t => one(t, await text(e.target.files[0]))));
  $('grown').addEventListener('click', () => run(async t => {
    const c = await V.checkConsistency(t, typed('older'), typed('newer'), typed('way'));
    return [...seen(c.older), ...seen(c.newer)];
  }));
  $('folder').addEventListener('change', e => run(async t => {
    const parts = new Map();
    for (const f of e.target.files) parts.set(f.webkitRelativePath.replace(/^[^/]*\//, ''), new Uint8Array(await f.arrayBuffer()));
    const a = await V.checkMirror(t, parts, typed('after'));
    return [...seen(a.seen), ...(a.after ? [say('shard', {index: a.after})] : []), say('audit', {open: a.open, days: a.days.length})];
  }));
  for (const kind of ['dragover', 'drop']) box.addEventListener(kind, e => e.preventDefault());
  box.addEventListener('drop', e => e.dataTransfer.files[0] && run(async t => one(t, await text(e.dataTransfer.files[0]))));
  if (await V.able()) box.hidden = false; else document.querySelector('[data-unable]').hidden = false;
});
