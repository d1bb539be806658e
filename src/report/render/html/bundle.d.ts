/** A script or a style sheet, bundled and minified at build time (see tooling/bundledText.mjs), as a string. */
declare module '*?bundle' {
  export const text: string;
}
