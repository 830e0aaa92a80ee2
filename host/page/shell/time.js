// Times as calendars and clocks have them: nanoseconds since 1970 as BigInt where the last digit counts, seconds after an origin where a
// place is enough. Ticks fall on whole years, months, days, hours, minutes, seconds and their decimal parts.

const second = 1000000000n, day = 86400n * second;
const pad = (n, digits = 2) => String(n).padStart(digits, '0');
const floorDiv = (a, b) => a / b - (a % b < 0n ? 1n : 0n);

// Offsets of up to some days stay exact to the nanosecond: whole seconds and their rest go apart.
function instantOf(originNs, offset) {
  const whole = Math.floor(offset);
  return originNs + BigInt(whole) * second + BigInt(Math.round((offset - whole) * 1e9));
}
const offsetOf = (originNs, instant) => {
  const difference = instant - originNs, whole = floorDiv(difference, second);
  return Number(whole) + Number(difference - whole * second) / 1e9;
};

function partsOf(instant) {
  const date = new Date(Number(floorDiv(instant, 1000000n)));
  const rest = instant - floorDiv(instant, second) * second;
  return {
    year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(),
    clock: pad(date.getUTCHours()) + ':' + pad(date.getUTCMinutes()), second: pad(date.getUTCSeconds()),
    decimals: pad(rest, 9), midnight: instant - floorDiv(instant, day) * day === 0n,
  };
}
const monthText = (p) => pad(p.year, 4) + '-' + pad(p.month);
const dayText = (p) => monthText(p) + '-' + pad(p.day);

// One time, with the digits that matter where `span` seconds are shown.
function timeText(originNs, offset, span, zone) {
  const p = partsOf(instantOf(originNs, offset));
  if (!Number.isFinite(p.year)) return numberText(offset) + ' s';
  const digits = span > 2000 ? 0 : Math.min(9, Math.max(0, Math.ceil(4 - Math.log10(span))));
  return dayText(p) + ' ' + p.clock + ':' + p.second + (digits ? '.' + p.decimals.slice(0, digits) : '') + zone;
}

function clockSteps() {
  const steps = [];
  for (let power = 1n; power < second; power *= 10n) steps.push(power, 2n * power, 5n * power);
  for (const n of [1, 2, 5, 10, 15, 30]) steps.push(BigInt(n) * second);
  for (const n of [1, 2, 5, 10, 15, 30]) steps.push(BigInt(n) * 60n * second);
  for (const n of [1, 2, 3, 6, 12]) steps.push(BigInt(n) * 3600n * second);
  for (const n of [1, 2, 7, 14]) steps.push(BigInt(n) * day);
  return steps;
}

function multiples(low, high, step, zero, atMost) {
  const first = -floorDiv(zero - low, step), last = floorDiv(high - zero, step);
  const times = [];
  if (last - first + 1n > BigInt(atMost)) return times;
  for (let k = first; k <= last; ++k) times.push(zero + k * step);
  return times;
}

function monthStarts(low, high, step, atMost) {
  const number = (t) => { const p = partsOf(t); return p.year * 12 + p.month - 1; };
  const times = [];
  for (let k = Math.ceil(number(low) / step) * step; k <= number(high); k += step) {
    const date = new Date(0);
    date.setUTCFullYear(Math.floor(k / 12), ((k % 12) + 12) % 12, 1);
    const time = BigInt(date.getTime()) * 1000000n;
    if (time < low) continue;
    times.push(time);
    if (times.length > atMost) return [];
  }
  return times;
}

function clockLabels(times, step) {
  const all = times.map(partsOf);
  const oneDay = new Set(all.map(dayText)).size === 1, oneMinute = oneDay && new Set(all.map((p) => p.clock)).size === 1;
  let digits = 0;
  for (let part = second; step < second && part > step; part /= 10n) ++digits;
  const labels = all.map((p) => {
    const seconds = p.second + (digits ? '.' + p.decimals.slice(0, digits) : '');
    if (!oneDay && p.midnight) return pad(p.month) + '-' + pad(p.day);
    if (step >= 60n * second) return p.clock;
    return digits && oneMinute ? seconds : p.clock + ':' + seconds;
  });
  const note = (oneDay ? '' : 'from ') + dayText(all[0]) + (digits && oneMinute ? ' ' + all[0].clock : '');
  return { labels, note };
}

function dayLabels(times) {
  const all = times.map(partsOf);
  const oneYear = all[0].year === all[all.length - 1].year;
  return { labels: all.map((p) => oneYear ? pad(p.month) + '-' + pad(p.day) : dayText(p)), note: oneYear ? pad(all[0].year, 4) : '' };
}

function timeTicks(originNs, low, high, atMost, zone) {
  atMost = Math.max(1, atMost);
  const limit = 8.0e12;  // seconds: what Date knows
  const from = Number(originNs) / 1e9;
  if (from + low < -limit || from + high > limit) return valueTicks(0, low, high, atMost);
  const a = instantOf(originNs, low), b = instantOf(originNs, high);
  const finish = (times, labels, note) => ({
    ticks: times.map((t, i) => ({ at: offsetOf(originNs, t), label: labels[i] })), note: [note, zone].filter((t) => t).join(' '),
  });
  for (const step of clockSteps()) {
    const zero = step === 7n * day || step === 14n * day ? -3n * day : 0n;  // weeks begin on Monday
    const times = multiples(a, b, step, zero, atMost);
    if (!times.length) continue;
    const { labels, note } = step < day ? clockLabels(times, step) : dayLabels(times);
    return finish(times, labels, note);
  }
  for (const step of [1, 2, 3, 6]) {
    const times = monthStarts(a, b, step, atMost);
    if (times.length) return finish(times, times.map((t) => monthText(partsOf(t))), '');
  }
  for (let years = 1; years < 1e6; years = niceStep(years * 1.5)) {
    const times = monthStarts(a, b, 12 * years, atMost);
    if (times.length) return finish(times, times.map((t) => pad(partsOf(t).year, 4)), '');
  }
  return { ticks: [], note: zone };
}
