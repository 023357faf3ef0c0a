/**
 * Letters of other scripts that look like ASCII letters and digits.
 *
 * Source: confusables.txt of Unicode Technical Standard #39, "Unicode Security Mechanisms", as packed in the Python package
 * confusable-homoglyphs 3.3.1: the single characters of Cyrillic, Greek, Armenian, Cherokee, Coptic and Lisu whose prototype is
 * an ASCII letter or digit. Mathematical and full-width letters are not in it: NFKC makes ASCII of them.
 */

/** The prototype, then the code points that look like it. */
const TABLE = `
2: 3e8 a644
3: 417 4e0 2ccc 1d206
4: 13ce
6: 431 13ee 2cd2
7: 1d212
9: 2cca
A: 391 410 13aa a4ee
B: 392 412 13f4 a4d0
C: 3f9 421 13df 2ca4 a4da
D: 13a0 a4d3
E: 395 415 13ac a4f0
F: 3dc a4dd 1d213
G: 50c 13c0 13f3 a4d6
H: 397 41d 13bb 2c8e a4e7
J: 37f 408 13ab a4d9
K: 39a 41a 13e6 2c94 a4d7
L: 13de 2cd0 a4e1 1d22a
M: 39c 3fa 41c 13b7 2c98 a4df
N: 39d 2c9a a4e0
O: 39f 41e 555 2c9e a4f3
P: 3a1 420 13e2 2ca2 a4d1
R: 13a1 13d2 a4e3 1d216
S: 405 54f 13d5 13da a4e2
T: 3a4 422 13a2 2ca6 a4d4
U: 54d a4f4
V: 474 13d9 a4e6 1d20d
W: 51c 13b3 13d4 a4ea
X: 3a7 425 2cac a4eb
Y: 3a5 3d2 423 4ae 13a9 13bd 2ca8 a4ec
Z: 396 13c3 a4dc 102f5
a: 3b1 430
b: 42c 13cf
c: 3f2 441 2ca5 abaf
d: 501 13e7 a4d2
e: 435 4bd
f: 584
g: 581
h: 4bb 570 13c2
i: 37a 3b9 456 4cf 13a5 1fbe a647 ab75
j: 3f3 458
l: 399 406 4c0 2c92 a4f2
n: 578 57c
o: 3bf 3c3 43e 585 2c9f
p: 3c1 3f1 440 2ca3
q: 51b 563 566
r: 433 1d26 2c85 ab81
s: 455 abaa
u: 3c5 57d
v: 3bd 475 aba9
w: 461 51d 561 ab83
x: 445
y: 3b3 443 4af
z: ab93
`;

export const PROTOTYPES: ReadonlyMap<string, string> = new Map(
  TABLE.trim()
    .split("\n")
    .flatMap((row) => {
      const [prototype = "", codes = ""] = row.split(": ");
      return codes
        .split(" ")
        .map((code): [string, string] => [String.fromCodePoint(Number.parseInt(code, 16)), prototype]);
    }),
);
