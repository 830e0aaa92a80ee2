// Shapes of marks, once as a path for canvas and SVG alike, and colours of values.

// A shape of radius r around (0, 0); all look equally large. `open`: strokes only.
function markPath(marker, r) {
  if (marker === 'square') { const h = 0.886 * r; return `M${-h},${-h}H${h}V${h}H${-h}Z`; }
  if (marker === 'triangle') { const t = 1.35 * r; return `M0,${-t}L${0.866 * t},${t / 2}H${-0.866 * t}Z`; }
  if (marker === 'diamond') { const h = 1.253 * r; return `M0,${-h}L${h},0L0,${h}L${-h},0Z`; }
  if (marker === 'cross') { const h = 0.85 * r; return `M${-h},${-h}L${h},${h}M${-h},${h}L${h},${-h}`; }
  return `M${-r},0A${r},${r} 0 1 1 ${r},0A${r},${r} 0 1 1 ${-r},0Z`;
}

// A mark drawn once, to be copied; `outlined` keeps neighbours apart.
function markSprite(marker, color, r, ratio, outlined) {
  const half = 1.6 * r + 1;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.ceil(2 * half * ratio);
  const c = canvas.getContext('2d');
  c.scale(canvas.width / (2 * half), canvas.height / (2 * half));
  c.translate(half, half);
  const path = new Path2D(markPath(marker, r));
  if (marker === 'cross') {
    c.lineCap = 'round';
    if (outlined) { c.strokeStyle = theme.paper; c.lineWidth = 0.42 * r + 2; c.stroke(path); }
    c.strokeStyle = rgb(color);
    c.lineWidth = 0.42 * r;
    c.stroke(path);
  } else {
    c.fillStyle = rgb(color);
    c.fill(path);
    if (outlined) { c.strokeStyle = theme.paper; c.lineWidth = Math.max(1, 0.16 * r); c.stroke(path); }
  }
  return { canvas, half };
}

const svgElement = (name) => document.createElementNS('http://www.w3.org/2000/svg', name);

// The same mark as an element for the key.
function markIcon(marker, color, shape = 'mark') {
  const svg = svgElement('svg');
  svg.setAttribute('viewBox', '-8 -8 16 16');
  svg.setAttribute('aria-hidden', 'true');
  const path = svgElement('path');
  path.setAttribute('d', shape === 'line' ? 'M-7,3L-2,-3L2,2L7,-4' : markPath(marker, 5));
  const open = shape === 'line' || marker === 'cross';
  path.setAttribute('fill', open ? 'none' : rgb(color));
  if (open) { path.setAttribute('stroke', rgb(color)); path.setAttribute('stroke-width', 2); }
  svg.append(path);
  return svg;
}

// Colours of values between two ends; on a logarithmic scale values that are not positive have none.
class ColorScale {
  constructor(given) {
    this.given = given;
    this.log = given.log;
    this.low = this.log ? Math.log10(given.low) : given.low;
    this.high = this.log ? Math.log10(given.high) : given.high;
    this.table = colormaps[given.colormap];
  }
  // 0 to 1, cut; of a value that is missing the lower end (sums of pixels cannot show "missing").
  fraction(value) {
    const t = ((this.log ? Math.log10(value) : value) - this.low) / (this.high - this.low);
    return t > 0 ? (t < 1 ? t : 1) : 0;
  }
  lacks(value) { return Number.isNaN(value) || (this.log && !(value > 0)); }
  bin(value) { return this.lacks(value) ? -1 : Math.round(this.fraction(value) * 64) * 4; }
  color(value) { const bin = this.bin(value); return bin < 0 ? fromHex(theme.missing) : this.table[bin]; }
  // Every step of the table, for areas.
  fine(value) { return this.lacks(value) ? null : this.table[Math.round(this.fraction(value) * 256)]; }
}
