// Builds the page from what it holds. `sluicePage` is for tests and for the console.

readTheme();
const axes = { x: new Axis(spec.x), y: new Axis(spec.y) };
const kinds = { points: Points, lines: Lines, segments: Segments, cells: Cells };
const layers = [];
for (const given of spec.layers) layers.push(new kinds[given.kind](given, axes, layers));
const view = new View(axes, layers);
const scene = new Scene(byId('stage'), byId('picture'), view, layers, axes);
const key = new Key(byId('key'), scene);
const hover = new Hover(scene, byId('over'), byId('tip'), byId('said'));
new Gestures(scene, hover, key);

function summarize() {
  const parts = [];
  for (const layer of layers) {
    if (layer.kind === 'points') {
      const what = layer.name && !layer.groups ? layer.name : layer.count === 1 ? 'point' : 'points';
      if (!layer.active(scene.frame)) { if (layer.visible) parts.push(`${what}: zoom in to see them`); continue; }
      const bars = Object.values(layer.errors).some((e) => e) && layer.seen > 5000 ? '; error bars appear when zoomed in' : '';
      const missing = layer.missing(), all = layer.seen === layer.count - missing;
      parts.push((layer.seen === layer.count ? '' : countText(layer.seen) + ' of ') + countText(layer.count) + ' ' + what + (all ? '' : ' in view')
        + (missing ? `, ${countText(missing)} without a place` : '') + (layer.seen > mostShapes && !layer.values ? ', more opaque where they lie thick' : '') + bars);
    }
    if (layer.kind === 'segments') parts.push(countText(layer.count) + ' ' + (layer.name || 'segments'));
    if (layer.kind === 'lines' && layer.given.said) parts.push(`${layer.name}: ${layer.given.said}`);
    else if (layer.kind === 'lines' && layer.given.bars) parts.push((layer.name ? layer.name + ': ' : '') + countText(layer.count / 2) + ' bars');
    else if (layer.kind === 'lines') parts.push((layer.name || 'line') + ': ' + countText(layer.count) + (layer.count === 1 ? ' vertex' : ' vertices'));
    if (layer.kind === 'cells') parts.push(`${countText(layer.columns)} \u00d7 ${countText(layer.rows)} cells`);
  }
  const text = parts.join('. ') + '.' + (spec.note ? ' ' + spec.note : '');
  if (byId('summary').textContent !== text) byId('summary').textContent = text;
}
scene.onDone.push(summarize);
// The grids for pointing, before they are wanted.
scene.onDone.push(() => setTimeout(() => { for (const layer of layers) if (layer.index && layer.count < 3e6) layer.index(); }, 50));
scene.onFrame.push(() => hover.paint());

// The key's own height may change the stage's: not within the observer's call.
new ResizeObserver(() => requestAnimationFrame(() => { key.refresh(); scene.request(); })).observe(scene.stage);
darkQuery.addEventListener('change', () => {
  readTheme();
  for (const layer of layers) if (layer.levels) layer.levels = null;
  key.refresh();
  scene.request();
});
window.sluicePage = { spec, axes, layers, view, scene, key, hover, settled: () => scene.settled() };
scene.request();
