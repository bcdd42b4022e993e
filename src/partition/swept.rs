//! The ground that a border sweeps over when its line changes.

use super::{Arc, Relabelled, store::bounds_of};
use geo::Coord;

/// Ground on either side may go to the other, between what is equal at both ends of the lines.
pub(super) fn swept(arc: &Arc, line: &[Coord]) -> Vec<Relabelled> {
    let same = |pair: &(&Coord, &Coord)| pair.0 == pair.1;
    let head = arc.line.iter().zip(line).take_while(same).count();
    let shortest = arc.line.len().min(line.len());
    let tail = arc.line.iter().rev().zip(line.iter().rev()).take_while(same).count().min(shortest - head);
    if head == arc.line.len() && head == line.len() {
        return Vec::new();
    }
    let middle = |line: &[Coord]| bounds_of(&line[head.saturating_sub(1)..(line.len() - tail + 1).min(line.len())]);
    let bounds = middle(&arc.line).union(&middle(line));
    let (left, right) = (arc.left, arc.right);
    vec![Relabelled { from: left, to: right, bounds }, Relabelled { from: right, to: left, bounds }]
}
