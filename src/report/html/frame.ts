/** The parts of the page that are the same for every report: our own words, no foreign text. */

/** A section of the page; its script fills the body. */
export function section(id: string, title: string, figure = ''): string {
  return `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2><div id="${id}-body"></div>${figure}</section>`;
}

/** A picture; it takes its style from the page, so that four of them do not carry it four times. */
export function figure(svg: string | undefined): string {
  if (svg === undefined) return '';
  return `<figure class="scroll" tabindex="0" role="group" aria-label="Picture">${svg.replace(/<style>.*?<\/style>/s, '').trim()}</figure>`;
}

/** Where each section is, below the verdict; a narrow page has no room for it. */
export function sectionLinks(sections: readonly (readonly [id: string, title: string])[]): string {
  const links = sections.map(([id, title]) => `<a href="#${id}">${title}</a>`);
  return `<nav aria-label="Sections">${links.join('')}</nav>`;
}

const buttons = [
  ['closer', 'Zoom in', '+'],
  ['wider', 'Zoom out', '−'],
  ['whole', 'All: show the whole round', 'All'],
  ['earlier', 'Earlier', '←'],
  ['later', 'Later', '→'],
] as const;

/** The timeline and the table of all steps, linked with each other. */
export function explorer(): string {
  const zoom = buttons.map(
    ([name, label, sign]) =>
      `<button type="button" id="zoom-${name}" aria-label="${label}" title="${label}">${sign}</button>`,
  );
  return `<section id="steps" aria-labelledby="steps-title"><h2 id="steps-title">All Steps</h2>
<div class="bar"><label for="filter">Filter</label><input id="filter" type="search" autocomplete="off" spellcheck="false" placeholder="name, status, cause"><span id="chips" role="group" aria-label="Status"></span><span id="shown" role="status"></span></div>
<div class="bar"><span role="group" aria-label="Timeline" class="zoom">${zoom.join('')}</span><span id="hovered"></span></div>
<canvas id="timeline" tabindex="0" role="application" aria-roledescription="timeline" aria-label="Timeline of all steps, one lane for each slot" aria-describedby="timeline-keys"></canvas>
<p id="timeline-keys" class="soft">Arrow keys go from step to step, + and − zoom, 0 shows the whole round, Page Up and Page Down move it. Drag to move; Ctrl with the wheel zooms.</p>
<div id="step-table" class="grid" role="grid" tabindex="0" aria-labelledby="steps-title"></div>
<div id="details" role="region" aria-label="Selected step" aria-live="polite"><p class="soft">Select a step in the timeline or the table.</p></div>
</section>`;
}
