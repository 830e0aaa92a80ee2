// An axis: numbers, logarithms or times. Data are stored as offsets from an origin (so that float32 is enough
// and an int64 of nanoseconds keeps its last digit) and placed by `scaled`: the offset, or its logarithm.

const minus = (text) => text.replace('-', '\u2212');

// The smallest step of 1, 2 or 5 times a power of ten that is at least `least`.
function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  for (const factor of [1, 2, 5]) if (factor * power >= least * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

const superscript = (n) => minus(String(n)).replace(/[\d\u2212]/g, (c) =>
  c === '\u2212' ? '\u207b' : '\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079'[c]);

// A number for people: as many digits as given, in powers of ten far from 1.
function numberText(value, digits = 6) {
  if (Number.isNaN(value)) return 'missing';
  if (!Number.isFinite(value)) return value > 0 ? '\u221e' : '\u2212\u221e';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e15) return minus(value.toLocaleString('en-US'));
  if (size >= 1e-4 && size < 10 ** Math.max(9, digits - 1)) return minus(String(Number(value.toPrecision(digits))));
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e');
  return minus(String(Number(mantissa))) + '\u00d710' + superscript(Number(exponent));
}

const countText = (n) => n.toLocaleString('en-US');

class Axis {
  constructor(given) {
    this.kind = given.kind;
    this.label = given.label;
    this.unit = given.unit;
    this.origin = given.kind === 'time' ? 0 : given.origin;
    this.originNs = given.kind === 'time' ? BigInt(given.origin) : 0n;
    this.given = given;
  }

  // Where offsets lie; the same array for all but logarithms.
  scaled(offsets) {
    if (this.kind !== 'log') return offsets;
    const places = new Float64Array(offsets.length);
    for (let i = 0; i < places.length; ++i) places[i] = offsets[i] > 0 ? Math.log10(offsets[i]) : NaN;
    return places;
  }
  place(offset) { return this.kind !== 'log' ? offset : offset > 0 ? Math.log10(offset) : NaN; }

  // The value at a place, as people read it. `digits` beyond those needed at a span are not shown.
  text(place, span, digits = 7) {
    if (!Number.isFinite(place)) return numberText(place);
    if (this.given.ticks) return (this.given.ticks.find((t) => t.at === place) || { label: '' }).label;
    if (this.kind === 'time') return timeText(this.originNs, place, span, this.given.utc ? ' UTC' : '');
    if (this.kind === 'log') return numberText(10 ** place, digits);
    const value = this.origin + place;
    const needed = this.origin === 0 ? digits
      : Math.ceil(Math.log10(Math.max(Math.abs(value), 1e-300) / Math.max(span, 1e-300))) + 5;
    return numberText(value, Math.min(17, Math.max(digits, needed)));
  }

  // {ticks: [{at, label}], note}: what all labels leave out.
  ticks(low, high, atMost) {
    if (!(high > low)) return { ticks: [], note: '' };
    if (this.given.ticks) return { ticks: this.given.ticks.filter((t) => t.at >= low && t.at <= high), note: '' };
    if (this.kind === 'time') return timeTicks(this.originNs, low, high, atMost, this.given.utc ? 'UTC' : '');
    if (this.kind === 'log') return logTicks(low, high, atMost);
    return valueTicks(this.origin, low, high, atMost);
  }

  // Unit and what the labels leave out stand behind the name.
  title(note) {
    const extra = [this.unit, note].filter((t) => t).join(', ');
    return this.label + (extra ? (this.label ? ' (' : '') + extra + (this.label ? ')' : '') : '');
  }
}

function valueTicks(origin, low, high, atMost) {
  const step = niceStep((high - low) / Math.max(1, atMost));
  const from = origin + low, to = origin + high;
  const largest = Math.max(Math.abs(from), Math.abs(to));
  // A range that is narrow against its distance from 0: labels are what comes on top of a base.
  const base = largest / step > 1e6 ? Math.round((from + to) / 2 / (step * 1000)) * step * 1000 : 0;
  const size = base === 0 ? largest : step * 1000;
  const exponent = size >= 1e6 || size < 1e-3 ? Math.floor(Math.log10(size)) : 0;
  const places = Math.min(20, Math.max(0, exponent - Math.floor(Math.log10(step) + 1e-9)));
  const ticks = [];
  for (let k = Math.ceil(from / step - 1e-9); k * step <= to + step * 1e-9 && ticks.length < 200; ++k) {
    const label = ((k * step - base) / 10 ** exponent).toFixed(places);
    ticks.push({ at: k * step - origin, label: minus(label.replace(/^-(0\.?0*)$/, '$1')) });
  }
  const note = [exponent ? '\u00d710' + superscript(exponent) : '', base ? '+ ' + numberText(base, 17) : '']
    .filter((t) => t).join(' ');
  return { ticks, note };
}

function logTicks(low, high, atMost) {
  const ticks = [];
  if (high - low < 1) {  // less than a factor of ten: values at even steps
    const plain = valueTicks(0, 10 ** low, 10 ** high, atMost);
    return { ticks: plain.ticks.filter((t) => t.at > 0).map((t) => ({ at: Math.log10(t.at), label: t.label })), note: plain.note };
  }
  const step = Math.max(1, Math.ceil((high - low) / Math.max(1, atMost)));
  const factors = step > 1 || (high - low) * 3 > atMost ? [1] : [1, 2, 5];
  for (let e = Math.floor(low / step) * step; e <= high; e += step)
    for (const factor of factors) {
      const at = e + Math.log10(factor);
      if (at < low - 1e-9 || at > high + 1e-9) continue;
      const label = e >= -3 && e <= 4 ? String(Number((factor * 10 ** e).toPrecision(1)))
        : (factor > 1 ? factor + '\u00d7' : '') + '10' + superscript(e);
      ticks.push({ at, label });
    }
  return { ticks, note: '' };
}
