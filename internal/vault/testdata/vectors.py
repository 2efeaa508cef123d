"""Computes vectors.json: known answers for every derivation of the vault.

Uses Python's hashlib and hmac and the module `cryptography`, which share no
code with the Go package. All identifiers are made up.

    python3 vectors.py > vectors.json
"""
import hashlib
import hmac
import json

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def ggm(seed: bytes, leaf: int) -> bytes:
    key = seed
    for bit in range(31, -1, -1):
        key = hashlib.sha256(b"recourse/ggm/v1" + bytes([leaf >> bit & 1]) + key).digest()
    return key


def hkdf(ikm: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(ikm)


def mac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()[:16]


def pattern(start: int, n: int) -> bytes:
    return bytes((start + i) % 256 for i in range(n))


def keys():
    seed = pattern(1, 32)
    for leaf in (0, 1, 2, 5, 65535, 65536, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF):
        for record, version in ((pattern(0xB0, 16), 1), (bytes(16), 0), (pattern(7, 16), 2147483647)):
            info = b"recourse/rec/v1" + record + version.to_bytes(4, "big")
            yield {"seed": seed.hex(), "leaf": leaf, "record": record.hex(), "version": version,
                   "node": ggm(seed, leaf).hex(), "key": hkdf(ggm(seed, leaf), info).hex()}


def seed_marks():
    for seed in (pattern(1, 32), bytes(32)):
        yield {"seed": seed.hex(), "mark": mac(seed, b"recourse/seed-mark/v1")[:8].hex()}


def tokens():
    key = pattern(0x40, 32)
    for ident in (b"cn-id:999999195802030078", b"", "样本".encode(), pattern(0, 200)):
        yield {"key": key.hex(), "id": ident.hex(), "token": mac(key, b"recourse/token/v1" + ident).hex()}


def marks(domain: bytes):
    seed = pattern(0x80, 32)
    for body in (pattern(0x10, 16), bytes(16)):
        for datum in (pattern(0x20, 16), b"", b"SAMPLE-CASE-2026-0001"):
            yield {"seed": seed.hex(), "body": body.hex(), "datum": datum.hex(),
                   "mark": mac(hkdf(seed, domain + body), datum).hex()}


def frames():
    """The first entry behind a made-up header of the store."""
    header, key, nonce, plain = pattern(3, 100), pattern(0x60, 32), pattern(9, 12), b"an entry of the store"
    chain = hashlib.sha256(b"recourse/vault-file/v1" + header).digest()
    out = []
    for index in range(2):
        sealed = AESGCM(key).encrypt(nonce, plain, chain + index.to_bytes(8, "big"))
        lead = (len(nonce) + len(sealed)).to_bytes(4, "big") + index.to_bytes(8, "big")
        frame = lead + hashlib.sha256(lead).digest()[:4] + nonce + sealed
        frame += b"\xa5" * (-len(frame) % 16)
        out.append({"header": header.hex(), "key": key.hex(), "nonce": nonce.hex(), "plain": plain.hex(),
                    "chain": chain.hex(), "index": index, "frame": frame.hex()})
        chain = hashlib.sha256(chain + frame).digest()
    return out


print(json.dumps({
    "keys": list(keys()),
    "seed_marks": list(seed_marks()),
    "tokens": list(tokens()),
    "pseudonyms": list(marks(b"recourse/pseudonym/v1")),
    "source_refs": list(marks(b"recourse/source-ref/v1")),
    "frames": frames(),
}, indent=1))
