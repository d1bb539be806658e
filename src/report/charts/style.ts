interface Colours {
  readonly page: string;
  readonly text: string;
  readonly soft: string;
  readonly grid: string;
  readonly completed: string;
  readonly failed: string;
  readonly cancelled: string;
  readonly other: string;
  readonly waiting: string;
}

const light: Colours = {
  page: '#fff',
  text: '#24292f',
  soft: '#57606a',
  grid: '#d0d7de',
  completed: '#2f6fb3',
  failed: '#c2410c',
  cancelled: '#8a8f98',
  other: '#6f42c1',
  waiting: '#9aa2ad',
};

const dark: Colours = {
  page: '#0d1117',
  text: '#e6edf3',
  soft: '#9198a1',
  grid: '#30363d',
  completed: '#5aa9f0',
  failed: '#ff8a4c',
  cancelled: '#8b949e',
  other: '#b392f0',
  waiting: '#5c646f',
};

const shapes = [
  '.lt-text{font:12px system-ui,sans-serif}.lt-end{text-anchor:end}.lt-mid{text-anchor:middle}.lt-title{font-size:14px;font-weight:600}',
  '.lt-grid,.lt-cross,.lt-halo,.lt-curve,.lt-earlier,.lt-square,.lt-window,.lt-limit,.lt-ring,.lt-leader{fill:none}',
  '.lt-cross,.lt-ring{stroke-width:2}.lt-halo{stroke-width:5;stroke-linecap:round}.lt-curve,.lt-earlier,.lt-square{stroke-width:2}',
  '.lt-earlier{stroke-dasharray:6 4}.lt-square{stroke-dasharray:2 3}.lt-window{stroke-width:1.5;stroke-dasharray:6 3}.lt-limit{stroke-dasharray:2 2}',
  '.lt-area{fill-opacity:.25}.lt-point{stroke-width:6;stroke-opacity:.6;fill:none}.lt-lane{fill:none}.lt-name{paint-order:stroke;stroke-width:4;stroke-linejoin:round}',
].join('');

function coloursOf(colours: Colours): string {
  const { page, text, soft, grid, completed, failed, cancelled, other, waiting } = colours;
  const states = Object.entries({ completed, failed, cancelled, other }).map(
    ([state, colour]) => `.lt-${state}{fill:${colour}}.lt-lane.lt-${state}{fill:none;stroke:${colour}}`,
  );
  return [
    `.lt-bg{fill:${page}}.lt-text{fill:${text}}.lt-soft{fill:${soft}}.lt-grid{stroke:${grid}}.lt-leader{stroke:${soft}}.lt-waiting{fill:${waiting}}`,
    ...states,
    `.lt-cross,.lt-ring{stroke:${failed}}.lt-halo,.lt-name{stroke:${page}}.lt-window,.lt-limit{stroke:${text}}`,
    `.lt-curve,.lt-point{stroke:${completed}}.lt-area{fill:${completed};stroke:${completed}}.lt-dot{fill:${completed};stroke:${page}}.lt-earlier,.lt-square{stroke:${cancelled}}`,
  ].join('');
}

/**
 * The style that all pictures share. The background is opaque, because a dark page turns a transparent picture
 * unreadable; colours follow the reader's scheme, and no state is shown by colour alone.
 */
export const chartStyle = `${shapes}${coloursOf(light)}@media(prefers-color-scheme:dark){${coloursOf(dark)}}`;
