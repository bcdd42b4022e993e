// The log of a draft in words.
import type { Edit, Entry } from '../api/plan-types';
import type { Say } from './words/say';

type NameOf = (id: string) => string;

export function entryText({ body }: Pick<Entry, 'body'>, p: Say, name: NameOf): string {
  switch (body.do) {
    case 'operate':
      if (body.operation === 'redraw') return editsText(body.edits, p, name);
      if (body.operation === 'describe') return p('log.describe', { place: name(body.place), name: body.name ?? '' });
      if (body.operation === 'appoint') return p('log.appoint', { place: name(body.place) });
      return p(body.operation === 'lock' ? 'log.lock' : 'log.unlock', { what: p(`lock.${body.lock.lock}`) });
    case 'go':
      return p('log.go', { n: body.to });
    case 'snapshot':
      return p('log.snapshot', { name: body.name });
    case 'comment':
      return p('log.comment', { text: body.text });
    case 'rename':
      return p('log.rename', { name: body.name });
    default:
      return p(`log.${body.do}`);
  }
}

function editsText(edits: readonly Edit[], p: Say, name: NameOf): string {
  const [first] = edits;
  if (!first) return p('log.balance');
  const text = editText(first, p, name);
  return edits.length === 1 || edits.every(({ edit }) => edit === first.edit)
    ? text
    : p('log.more', { text, n: edits.length - 1 });
}

function editText(edit: Edit, p: Say, name: NameOf): string {
  switch (edit.edit) {
    case 'split':
      return p('log.split', { place: name(edit.place) });
    case 'merge':
      return p('log.merge', { from: name(edit.from), into: name(edit.into) });
    case 'transfer':
      return p('log.transfer', { to: name(edit.to) });
    case 'reparent':
      return p('log.reparent', { n: edit.places.length, to: name(edit.to) });
    case 'redraw':
      return p('log.redraw', { a: name(edit.a), b: name(edit.b) });
    case 'create':
      return p('log.create', { place: name(edit.new.id) });
    case 'retire':
      return p('log.retire', { place: name(edit.place) });
    case 'simplify':
    case 'smooth':
      return p('log.smooth', { place: name(edit.place) });
    default:
      return p('log.vertex');
  }
}
