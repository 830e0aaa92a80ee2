// What the page holds: its description (JSON) and its arrays (base64 of little-endian numbers), decoded once.
// The text of an array leaves the document when it has been read, so that it is not held twice.

const byId = (id) => document.getElementById(id);
const spec = JSON.parse(byId('spec').textContent);

function bytesOf(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; ++i) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

const arrayTypes = { f4: Float32Array, f8: Float64Array, u1: Uint8Array, u2: Uint16Array, u4: Uint32Array };

function arrayOf(reference) {
  if (!reference) return null;
  const element = byId('array-' + reference.id);
  const bytes = bytesOf(element.textContent.trim());
  element.remove();
  return new arrayTypes[reference.type](bytes.buffer);
}

// Texts of marks: JSON, read when the first is wanted.
function textsOf(reference) {
  if (!reference) return null;
  let texts = null;
  return (i) => {
    if (!texts) {
      const element = byId('array-' + reference.id);
      texts = JSON.parse(element.textContent);
      element.remove();
    }
    return texts[i];
  };
}

// [low, high] of the numbers that are finite; low > high where there are none.
function extentOf(numbers, into = [Infinity, -Infinity]) {
  let [low, high] = into;
  for (let i = 0; i < numbers.length; ++i) {
    const v = numbers[i];
    if (v < low && v > -Infinity) low = v;
    if (v > high && v < Infinity) high = v;
  }
  return [low, high];
}

const colormaps = {};
for (const [name, hex] of Object.entries(spec.colormaps)) {
  const map = colormaps[name] = [];  // [red, green, blue], 257 of them
  for (let i = 0; i < hex.length; i += 6)
    map.push([0, 2, 4].map((k) => parseInt(hex.substr(i + k, 2), 16)));
}

const rgb = ([r, g, b]) => `rgb(${r},${g},${b})`;
const fromHex = (hex) => [1, 3, 5].map((k) => parseInt(hex.substr(k, 2), 16));

const darkQuery = matchMedia('(prefers-color-scheme: dark)');
// Black marks are white on a dark page.
function categoryColor(i) {
  const color = fromHex(spec.categories.colors[i % spec.categories.colors.length]);
  return darkQuery.matches && Math.max(...color) < 40 ? [235, 235, 235] : color;
}
const categoryMarker = (i) => spec.categories.markers[i % spec.categories.markers.length];

// The page's own colours, read again when the scheme changes.
const theme = {};
function readTheme() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ['paper', 'ink', 'faint', 'grid', 'frame', 'panel', 'mark', 'ring', 'missing', 'edge'])
    theme[name] = style.getPropertyValue('--' + name).trim();
}
