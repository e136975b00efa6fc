// Inside the confined process, in place of sandbox/child.py: load the candidate, then answer calls, or run it as
// a program. Speaks the frames of sandbox/frames.py and the values of wire.py on descriptor 3. The candidate can
// reach and change all of it, which gains it nothing but the choice of its own answers.
'use strict';
const fs = require('fs');
const vm = require('vm');

class Refused extends Error {
  constructor(kind, name) { super(kind); this.kind = kind; this.typeName = name; }
}

function exactly(count) {
  const parts = Buffer.alloc(count);
  let have = 0;
  while (have < count) {
    const got = fs.readSync(3, parts, have, count - have, null);
    if (got === 0) process.reallyExit(0);
    have += got;
  }
  return parts;
}

function receive() {
  const head = exactly(13);
  return { kind: String.fromCharCode(head[4]), nonce: head.subarray(5, 13), body: exactly(head.readUInt32BE(0)) };
}

function send(kind, body, nonce) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(body.length, 0);
  head[4] = kind.charCodeAt(0);
  nonce.copy(head, 5);
  const all = Buffer.concat([head, body]);
  for (let at = 0; at < all.length;) at += fs.writeSync(3, all, at);
}

function sized(tag, body) {
  const head = Buffer.alloc(5);
  head.write(tag, 'latin1');
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

function whole(value) {
  let size = 1;
  while (BigInt.asIntN(8 * size, value) !== value) size += 1;
  const text = BigInt.asUintN(8 * size, value).toString(16).padStart(2 * size, '0');
  return sized('i', Buffer.from(text, 'hex'));
}

function counted(tag, count, parts) {
  const head = Buffer.alloc(5);
  head.write(tag, 'latin1');
  head.writeUInt32BE(count, 1);
  return Buffer.concat([head, ...parts]);
}

function encode(value, limit, depth = 0) {
  if (depth >= 100) throw new Refused('U', 'nesting over 100 levels');
  const inner = (item) => encode(item, limit, depth + 1);
  let made;
  if (value === null || value === undefined) made = Buffer.from('N');
  else if (typeof value === 'boolean') made = Buffer.from(value ? 'T' : 'F');
  else if (typeof value === 'bigint') made = whole(value);
  else if (typeof value === 'number') {
    if (Number.isInteger(value) && !Object.is(value, -0)) made = whole(BigInt(value));
    else { made = Buffer.alloc(9); made.write('f', 'latin1'); made.writeDoubleBE(value, 1); }
  } else if (typeof value === 'string') made = sized('s', Buffer.from(value, 'utf8'));
  else if (Array.isArray(value)) made = counted('l', value.length, Array.from(value, inner));
  else if (value instanceof Set) made = counted('S', value.size, Array.from(value, inner));
  else if (value instanceof Map) made = counted('d', value.size, Array.from(value).flat(1).map(inner));
  else if (typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    const entries = Object.entries(value);
    made = counted('d', entries.length, entries.flat(1).map(inner));
  } else throw new Refused('U', value && value.constructor ? String(value.constructor.name) : typeof value);
  if (made.length > limit) throw new Refused('Z', 'value');
  return made;
}

function decode(data) {
  let at = 0;
  const take = (count) => { at += count; return data.subarray(at - count, at); };
  const body = () => take(take(4).readUInt32BE(0));
  const items = (count) => Array.from({ length: count }, get);
  function get() {
    const tag = String.fromCharCode(take(1)[0]);
    if (tag === 'N') return null;
    if (tag === 'T' || tag === 'F') return tag === 'T';
    if (tag === 'f') return take(8).readDoubleBE(0);
    if (tag === 's') return body().toString('utf8');
    if (tag === 'i') {
      const bytes = body();
      const value = BigInt.asIntN(8 * bytes.length, BigInt(`0x${bytes.toString('hex')}`));
      return BigInt(Number(value)) === value && Number.isSafeInteger(Number(value)) ? Number(value) : value;
    }
    if (tag === 'l' || tag === 't') return items(take(4).readUInt32BE(0));
    if (tag === 'S' || tag === 'Z') return new Set(items(take(4).readUInt32BE(0)));
    if (tag === 'p' || tag === 'P') {
      const words = body();
      const count = (words.length - 1) / 8;
      const read = (i) => (words[0] === 100 ? words.readDoubleLE(1 + 8 * i) : Number(words.readBigInt64LE(1 + 8 * i)));
      return Array.from({ length: count }, (_, i) => read(i));
    }
    if (tag === 'd') {
      const flat = items(2 * take(4).readUInt32BE(0));
      const pairs = flat.map((key, i) => [key, flat[i + 1]]).filter((_, i) => i % 2 === 0);
      return pairs.every(([key]) => typeof key === 'string') ? Object.fromEntries(pairs) : new Map(pairs);
    }
    throw new Refused('U', `a value of kind ${tag}`);
  }
  return get();
}

function failure(error) {
  let name = 'Error';
  let message = '';
  try { name = String(error.name || error.constructor.name).slice(0, 500); } catch { /* the candidate's own */ }
  try { message = String(error.message === undefined ? error : error.message).slice(0, 500); } catch { /* too */ }
  return ['E', encode([[name, 'Error'], message, 1], 1 << 20)];
}

function load(source) {
  const module = { exports: {} };
  Object.assign(globalThis, { require, module, exports: module.exports });
  vm.runInThisContext(source, { filename: 'candidate.js' });
  return module.exports;
}

const first = receive();
const asked = decode(first.body);
if (first.kind === 'P') {
  let answer = ['D', Buffer.alloc(0)];
  process.on('uncaughtException', (error) => { answer = failure(error); process.exit(1); });
  process.on('exit', () => send(...answer, first.nonce));
  load(asked.source);
} else {
  let entry;
  let answer = ['R', Buffer.alloc(0)];
  try {
    const exported = load(asked.source);
    entry = exported[asked.entry_point] || (exported.name === asked.entry_point ? exported : undefined);
    entry = entry || vm.runInThisContext(`typeof ${asked.entry_point} === 'undefined' ? undefined : ${asked.entry_point}`);
    if (typeof entry !== 'function') answer = ['X', Buffer.alloc(0)];
  } catch (error) { answer = failure(error); }
  send(...answer, first.nonce);
  while (answer[0] === 'R') {
    const question = receive();
    let said;
    try { said = ['V', encode(entry(...decode(question.body)[0]), asked.output_bytes)]; } catch (error) {
      if (error instanceof Refused) said = [error.kind, error.kind === 'U' ? encode(error.typeName, 1 << 20) : Buffer.alloc(0)];
      else said = failure(error);
    }
    send(...said, question.nonce);
  }
}
