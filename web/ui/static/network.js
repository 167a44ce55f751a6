// The map of the network (Cytoscape) and the chart of its traffic (uPlot). Both
// read JSON; places of the nodes come from Ward, nothing is laid out here.
'use strict';

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();

async function read(address) {
  const answer = await fetch(address, { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

// wait loads the page again when the map is counted.
function wait(element) {
  setTimeout(async () => {
    try {
      if (!(await read(element.dataset.counting)).counting) return location.reload();
    } catch { /* asked again below */ }
    wait(element);
  }, 1000);
}

const mapStyle = () => [
  { selector: 'node.spot', style: { 'background-color': colour('accent'), label: 'data(label)', color: colour('ink'), 'font-size': 12, width: 18, height: 18,
    'text-valign': 'bottom', 'text-margin-y': 4, 'text-wrap': 'wrap', 'text-max-width': 116, 'text-background-color': colour('paper'), 'text-background-opacity': .8, 'text-background-padding': 1 } },
  { selector: 'node.zone', style: { 'background-color': colour('ground'), 'background-opacity': .75, 'border-color': colour('line-strong'), 'border-width': 1, shape: 'round-rectangle',
    label: 'data(label)', color: colour('ink'), 'font-size': 15, 'font-weight': 'bold', 'text-valign': 'top', 'text-margin-y': -4, padding: 20, 'text-wrap': 'ellipsis', 'text-max-width': 320 } },
  { selector: 'node.spot.internet', style: { shape: 'diamond', 'background-color': colour('bar-l'), width: 26, height: 26 } },
  { selector: 'node.spot.strangers', style: { shape: 'rectangle', 'background-color': colour('line-strong') } },
  { selector: 'edge', style: { width: 'data(width)', 'line-color': colour('line-strong'), 'line-opacity': .4, 'curve-style': 'bezier', 'target-arrow-shape': 'triangle',
    'target-arrow-color': colour('line-strong'), 'arrow-scale': .8, 'loop-direction': '90deg', 'loop-sweep': '40deg' } },
  { selector: 'edge.internet', style: { 'line-color': colour('bar-l'), 'target-arrow-color': colour('bar-l'), 'line-opacity': .8 } },
  { selector: 'edge.clear', style: { 'line-color': colour('warn'), 'target-arrow-color': colour('warn'), 'line-style': 'dashed', 'line-opacity': .75 } },
  { selector: '.faded', style: { opacity: .12 } },
  { selector: 'edge.picked', style: { 'line-opacity': 1, 'z-index': 9 } },
];

const elements = (drawing) => [
  ...drawing.nodes.map((n) => ({ group: 'nodes', classes: n.class, data: { id: n.id, parent: n.parent, label: n.label, link: n.link },
    position: { x: n.x || 0, y: n.y || 0 } })),
  ...drawing.edges.map((e, i) => ({ group: 'edges', classes: e.class, data: { id: 'e' + i, source: e.from, target: e.to, label: e.label, width: e.width } })),
];

const name = (node) => (node.parent().length ? node.parent().data('label') + ', ' : '') + node.data('label');

async function drawMap(box) {
  const drawing = await read(box.dataset.src);
  const at = document.getElementById('map-at');
  const map = cytoscape({ container: box, elements: elements(drawing), style: mapStyle(), layout: { name: 'preset', fit: true, padding: 20 },
    minZoom: .05, maxZoom: 3, userZoomingEnabled: false, boxSelectionEnabled: false, autoungrabify: true });
  const clear = () => { map.elements().removeClass('faded picked'); at.textContent = '\u00a0'; };
  map.on('mouseover', 'node.spot', (e) => {
    const near = e.target.closedNeighborhood();
    map.elements('.spot, edge').difference(near).addClass('faded');
    near.edges().addClass('picked');
    at.textContent = name(e.target);
  });
  map.on('mouseover', 'edge', (e) => {
    e.target.addClass('picked');
    at.textContent = name(e.target.source()) + ' → ' + name(e.target.target()) + ': ' + e.target.data('label');
  });
  map.on('mouseout', clear);
  map.on('tap', 'node', (e) => { if (e.target.data('link')) location.href = e.target.data('link'); });
  for (const b of document.querySelectorAll('[data-zoom]')) {
    b.addEventListener('click', () => map.zoom({ level: map.zoom() * Number(b.dataset.zoom), renderedPosition: { x: map.width() / 2, y: map.height() / 2 } }));
  }
  document.querySelector('[data-fit]').addEventListener('click', () => map.fit(undefined, 20));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => map.style(mapStyle()));
  new ResizeObserver(() => { map.resize(); map.fit(undefined, 20); }).observe(box);
  box.dataset.ready = 'yes';
}

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
function bytes(n) {
  let unit = 0;
  for (; n >= 1000 && unit < units.length - 1; unit++) n /= 1000;
  return n.toLocaleString(document.documentElement.lang, { maximumFractionDigits: n < 10 ? 1 : 0 }) + '\u00a0' + units[unit];
}

const moment = (seconds) => new Date(seconds * 1000).toLocaleString(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });

function listChart(chart) {
  const list = document.getElementById('chart-list');
  for (const s of chart.series) {
    const row = list.insertRow();
    const peak = s.bytes.reduce((best, v, i) => (v > s.bytes[best] ? i : best), 0);
    for (const text of [s.name, bytes(s.total), moment(chart.times[peak])]) row.insertCell().textContent = text;
    row.cells[1].className = 'num';
  }
}

async function drawChart(box) {
  const chart = await read(box.dataset.src);
  if (!chart.times.length) {
    box.textContent = box.dataset.none;
    return;
  }
  listChart(chart);
  const strokes = ['accent', 'bar-l', 'bar-k', 'warn', 'bar-r', 'line-strong', 'muted'];
  const dashes = [[], [8, 4], [2, 3], [12, 4, 2, 4], [4, 4], [1, 4], [6, 2]];
  const axis = { stroke: () => colour('muted'), grid: { stroke: () => colour('line'), width: 1 }, ticks: { stroke: () => colour('line') } };
  const points = { show: chart.times.length < 30 };
  const plot = new uPlot({ width: box.clientWidth, height: 240, cursor: { drag: { x: true, y: false } },
    axes: [axis, { ...axis, size: 72, values: (_, ticks) => ticks.map(bytes) }],
    series: [{ label: box.dataset.time, value: (_, v) => (v == null ? '–' : moment(v)) },
      ...chart.series.map((s, i) => ({ label: s.name, stroke: () => colour(strokes[i]), width: 2, dash: dashes[i], points, value: (_, v) => (v == null ? '–' : bytes(v)) }))] },
  [chart.times, ...chart.series.map((s) => s.bytes)], box);
  new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: 240 })).observe(box);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot.redraw());
  box.dataset.ready = 'yes';
}

const offline = () => { document.getElementById('notice').textContent = document.getElementById('notice').dataset.offline; };
for (const [id, draw] of [['counting', wait], ['map', drawMap], ['chart', drawChart]]) {
  const box = document.getElementById(id);
  if (box) Promise.resolve(draw(box)).catch(offline);
}
