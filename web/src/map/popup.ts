// The insides of popups, built from text nodes only: nothing in the data can become markup.

function titled(title: string): HTMLElement {
  const root = document.createElement('div');
  root.className = 'popup';
  const heading = document.createElement('h3');
  heading.textContent = title;
  root.append(heading);
  return root;
}

/** A small titled list of facts. */
export function factList(title: string, facts: readonly (readonly [label: string, value: string])[]): HTMLElement {
  const root = titled(title);
  const list = document.createElement('dl');
  for (const [label, value] of facts) {
    const term = document.createElement('dt');
    term.textContent = label;
    const definition = document.createElement('dd');
    definition.textContent = value;
    list.append(term, definition);
  }
  root.append(list);
  return root;
}

/** A titled list of things to pick one of. */
export function choiceList(
  title: string,
  choices: readonly { id: string; text: string; aside: string }[],
  pick: (id: string) => void,
): HTMLElement {
  const root = titled(title);
  const list = document.createElement('ul');
  for (const { id, text, aside } of choices) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = text;
    button.addEventListener('click', () => pick(id));
    const small = document.createElement('small');
    small.textContent = aside;
    button.append(small);
    const item = document.createElement('li');
    item.append(button);
    list.append(item);
  }
  root.append(list);
  return root;
}
