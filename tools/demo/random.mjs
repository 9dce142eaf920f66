/** Small deterministic generator (sfc32): the same seed gives the same demo on every machine. */
export class Random {
  /** @param {string | number} seed */
  constructor(seed) {
    let hash = 0x811c9dc5;
    for (const char of String(seed)) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
    this.a = 0x9e3779b9 ^ hash;
    this.b = 0x243f6a88;
    this.c = 0xb7e15162 ^ hash;
    this.d = 1;
    for (let i = 0; i < 16; i++) this.u32();
  }

  u32() {
    const sum = (((this.a + this.b) | 0) + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** In [0, 1). */
  unit() {
    return this.u32() / 4294967296;
  }

  /** Integer in [low, high]. @param {number} low @param {number} high */
  int(low, high) {
    return low + Math.floor(this.unit() * (high - low + 1));
  }

  /** @param {number} probability */
  chance(probability) {
    return this.unit() < probability;
  }

  /** @template T @param {readonly T[]} list @returns {T} */
  pick(list) {
    return /** @type {T} */ (list[this.u32() % list.length]);
  }

  /** The index of one of the weights, drawn in their proportion. @param {readonly number[]} weights */
  weighted(weights) {
    let point = this.unit() * weights.reduce((sum, weight) => sum + weight, 0);
    for (let i = 0; i < weights.length - 1; i++) if ((point -= weights[i] ?? 0) < 0) return i;
    return weights.length - 1;
  }

  /** Hexadecimal digits. @param {number} length */
  hex(length) {
    let text = '';
    while (text.length < length) text += this.u32().toString(16).padStart(8, '0');
    return text.slice(0, length);
  }

  uuid() {
    const hex = this.hex(32);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  /** A value around `median` with a long tail, as response times have. @param {number} median */
  latency(median) {
    const normal = this.unit() + this.unit() + this.unit() + this.unit() - 2;
    return Math.round(median * Math.exp(normal * 1.4) * 10) / 10;
  }
}
