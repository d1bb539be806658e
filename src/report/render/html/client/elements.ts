import { classOf } from '../../charts/svg.ts';

/** The part of the page with that id. */
export function part(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no part ${id}`);
  return found;
}

/** An element with plain text or other elements in it; nothing is ever read as markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  for (const child of children)
    made.append(typeof child === 'string' ? document.createTextNode(child) : child);
  return made;
}

/** `completed`, `failed`, `cancelled` or `other`: the name of the state's class and of its colour. */
export function stateClass(state: string): string {
  return classOf({ state }).slice('lt-'.length);
}
