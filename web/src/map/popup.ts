/** A small titled list of facts, built from text nodes only: nothing in the data can become markup. */
export function factList(title: string, facts: readonly (readonly [label: string, value: string])[]): HTMLElement {
  const root = document.createElement('div');
  root.className = 'popup';
  const heading = document.createElement('h3');
  heading.textContent = title;
  const list = document.createElement('dl');
  for (const [label, value] of facts) {
    const term = document.createElement('dt');
    term.textContent = label;
    const definition = document.createElement('dd');
    definition.textContent = value;
    list.append(term, definition);
  }
  root.append(heading, list);
  return root;
}
