//! From pieces with new labels back to arcs: borders between equal sides go, pieces that alone meet become one.

use super::{
    Arc, ArcId, Partition, Relabelled,
    draft::Draft,
    exact::{Bits, bits},
    overlay::{Label, Overlay, Piece},
    store::{End, bounds_of},
};
use geo::Coord;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A piece run through in one direction.
type Link = (usize, bool);

struct Assembly<'a> {
    partition: &'a Partition,
    overlay: Overlay,
    /// Piece, and whether it starts there.
    ends: HashMap<Bits, Vec<Link>>,
}

impl Partition {
    /// The arcs that a relabelled overlay makes, in place of those in it.
    pub(super) fn assemble(&self, overlay: Overlay) -> Draft {
        let relabelled = relabelled(&overlay.pieces);
        let nodes: Vec<Bits> = overlay.pieces.iter().flat_map(Piece::ends).map(bits).collect();
        let mut assembly = Assembly { partition: self, overlay, ends: HashMap::new() };
        assembly.overlay.pieces.retain(|piece| piece.after[0] != piece.after[1]);
        for number in 0..assembly.overlay.pieces.len() {
            assembly.link(number);
        }
        assembly.bring_in(nodes);
        let arcs = assembly.arcs();
        let mut draft = Draft { relabelled, ..Draft::default() };
        let mut same: HashMap<(Bits, Bits), Vec<ArcId>> = HashMap::new();
        for &id in &assembly.overlay.arcs {
            if let Some(arc) = self.store.arc(id) {
                same.entry(key_of(&arc.line)).or_default().push(id);
            }
        }
        draft.removed.clone_from(&assembly.overlay.arcs);
        for arc in arcs {
            let candidates = same.get(&key_of(&arc.line)).into_iter().flatten();
            let unchanged = candidates.copied().find(|&id| self.store.arc(id).is_some_and(|old| is_same(old, &arc)));
            match unchanged {
                Some(id) => {
                    draft.removed.remove(&id);
                }
                None => draft.added.push((None, arc)),
            }
        }
        draft
    }
}

impl Assembly<'_> {
    fn link(&mut self, number: usize) {
        let [first, last] = self.overlay.pieces[number].ends();
        self.ends.entry(bits(first)).or_default().push((number, true));
        self.ends.entry(bits(last)).or_default().push((number, false));
    }

    /// Ends of arcs at a node that are not among the pieces.
    fn untouched(&self, node: Bits) -> impl Iterator<Item = End> {
        self.partition.store.ends(node).iter().copied().filter(|end| !self.overlay.arcs.contains(&end.arc))
    }

    /// Untouched arcs that are left alone with one other end at a node join the pieces.
    fn bring_in(&mut self, mut nodes: Vec<Bits>) {
        while let Some(node) = nodes.pop() {
            let untouched: BTreeSet<ArcId> = self.untouched(node).map(|end| end.arc).collect();
            let count = self.untouched(node).count() + self.ends.get(&node).map_or(0, Vec::len);
            // A closed arc alone at its node stays as it is.
            let is_alone = untouched.len() == 1 && self.untouched(node).count() == 2;
            if count != 2 || is_alone {
                continue;
            }
            for id in untouched {
                let Some(arc) = self.partition.store.arc(id) else { continue };
                let piece = Piece::of_arc(&arc.line, arc.left, arc.right);
                nodes.extend(piece.ends().map(bits));
                self.overlay.arcs.insert(id);
                self.overlay.pieces.push(piece);
                self.link(self.overlay.pieces.len() - 1);
            }
        }
    }

    /// The piece that alone goes on where another ends (or starts), in the direction away from there.
    fn next(&self, (number, is_forward): Link) -> Option<Link> {
        let [first, last] = self.overlay.pieces[number].ends();
        let node = bits(if is_forward { last } else { first });
        if self.untouched(node).next().is_some() {
            return None;
        }
        let [one, other] = self.ends.get(&node)?[..] else { return None };
        let here = (number, !is_forward);
        let next = if one == here { other } else { one };
        Some((next.0, next.1))
    }

    fn arcs(&self) -> Vec<Arc> {
        let mut is_used = vec![false; self.overlay.pieces.len()];
        let mut arcs = Vec::new();
        for number in 0..is_used.len() {
            if is_used[number] {
                continue;
            }
            let forward = self.run((number, true), &mut is_used);
            let backward = self.run((number, false), &mut is_used);
            let before = backward.into_iter().skip(1).rev().map(|(piece, is_forward)| (piece, !is_forward));
            let links: Vec<Link> = before.chain(forward).collect();
            arcs.push(self.joined(&links));
        }
        arcs
    }

    /// The pieces from one on, until a node or the start again.
    fn run(&self, first: Link, is_used: &mut [bool]) -> Vec<Link> {
        is_used[first.0] = true;
        let mut links = vec![first];
        let mut at = first;
        while let Some(next) = self.next(at).filter(|next| !is_used[next.0]) {
            is_used[next.0] = true;
            links.push(next);
            at = next;
        }
        links
    }

    fn joined(&self, links: &[Link]) -> Arc {
        let mut line: Vec<Coord> = Vec::new();
        let mut sides: [Label; 2] = [None; 2];
        let mut strand = None;
        for (place, &(number, is_forward)) in links.iter().enumerate() {
            let piece = &self.overlay.pieces[number];
            let mut vertices = piece.line.clone();
            let [mut from, mut to] = piece.strands;
            let [left, right] = piece.after;
            sides = [left, right];
            if !is_forward {
                vertices.reverse();
                (from, to) = (to, from);
                sides = [right, left];
            }
            if place > 0 {
                let is_needless = vertices.first().is_some_and(|&at| self.overlay.is_needless(at, strand, from));
                line.truncate(line.len() - usize::from(is_needless));
                line.extend(vertices.into_iter().skip(1));
            } else {
                line = vertices;
            }
            strand = to;
        }
        Arc { line, left: sides[0], right: sides[1] }
    }
}

fn key_of(line: &[Coord]) -> (Bits, Bits) {
    let (first, last) = (bits(line[0]), bits(line[line.len() - 1]));
    (first.min(last), first.max(last))
}

fn is_same(old: &Arc, new: &Arc) -> bool {
    let reversed = || old.left == new.right && old.right == new.left && old.line.iter().eq(new.line.iter().rev());
    old == new || reversed()
}

/// The ground that changed hands, by from and to.
fn relabelled(pieces: &[Piece]) -> Vec<Relabelled> {
    let mut found: BTreeMap<(Label, Label), crate::geometry::BBox> = BTreeMap::new();
    for piece in pieces {
        for (from, to) in piece.before.into_iter().zip(piece.after).filter(|(from, to)| from != to) {
            let bounds = bounds_of(&piece.line);
            found.entry((from, to)).and_modify(|all| *all = all.union(&bounds)).or_insert(bounds);
        }
    }
    found.into_iter().map(|((from, to), bounds)| Relabelled { from, to, bounds }).collect()
}
