//! A shape cut by lines.

use super::{
    Partition, PlaceInput, PlaceKey,
    overlay::Piece,
    trace::{Half, faces},
};
use crate::place::{Id, Level};
use geo::{Coord, LineString, MultiPolygon, Polygon};

/// The pieces into which lines cut a shape; lines that end inside cut nothing. The shape as it is where it can't be cut.
#[must_use]
pub fn pieces(shape: &MultiPolygon, lines: &[LineString]) -> Vec<MultiPolygon> {
    cut(shape, lines).unwrap_or_else(|| vec![shape.clone()])
}

fn cut(shape: &MultiPolygon, lines: &[LineString]) -> Option<Vec<MultiPolygon>> {
    let whole = PlaceInput { id: Id::derived("pieces", ""), level: Level::Village, parent: None, shape };
    let (partition, _) = Partition::build(&[whole], 0.0).ok()?;
    let (key, _) = partition.places().next()?;
    let lines: Vec<Vec<Coord>> = lines.iter().map(|line| line.0.clone()).filter(|line| line.len() > 1).collect();
    let mut overlay = partition.overlay(lines).ok()?;
    for (id, arc) in partition.arcs() {
        if overlay.arcs.insert(id) {
            overlay.pieces.push(Piece::of_arc(&arc.line, arc.left, arc.right));
        }
    }
    let inside = without_dead_ends(overlay.pieces.iter().filter(|piece| piece.before.contains(&Some(key))).collect(), key);
    let mut halves = Vec::new();
    for piece in inside {
        for (side, reversed) in [(0, false), (1, true)] {
            if piece.before[side] == Some(key) {
                halves.push(Half { line: &piece.line, reversed });
            }
        }
    }
    let ring = |walk: &[usize]| -> LineString {
        let first = walk.first().and_then(|half| halves[*half].vertices().next());
        first.into_iter().chain(walk.iter().flat_map(|half| halves[*half].vertices().skip(1))).collect()
    };
    let polygon = |face: &super::trace::Face| {
        MultiPolygon(vec![Polygon::new(ring(&face.exterior), face.holes.iter().map(|hole| ring(hole)).collect())])
    };
    Some(faces(&halves).iter().map(polygon).collect())
}

/// Leaves out the pieces of new lines that lead nowhere, until all that is left goes on at both ends.
fn without_dead_ends(mut pieces: Vec<&Piece>, key: PlaceKey) -> Vec<&Piece> {
    loop {
        let bits = |at: Coord| (at.x.to_bits(), at.y.to_bits());
        let mut ends: std::collections::HashMap<(u64, u64), usize> = std::collections::HashMap::new();
        for end in pieces.iter().flat_map(|piece| piece.ends()) {
            *ends.entry(bits(end)).or_default() += 1;
        }
        let before = pieces.len();
        pieces.retain(|piece| {
            let is_border = piece.before != [Some(key); 2];
            is_border || piece.ends().iter().all(|end| ends.get(&bits(*end)).is_some_and(|count| *count > 1))
        });
        if pieces.len() == before {
            return pieces;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::area_m2;
    use geo::polygon;

    fn square() -> MultiPolygon {
        polygon![(x: 110.0, y: 29.0), (x: 110.1, y: 29.0), (x: 110.1, y: 29.1), (x: 110.0, y: 29.1)].into()
    }

    fn line(positions: &[(f64, f64)]) -> LineString {
        positions.iter().copied().collect()
    }

    #[test]
    fn lines_across_cut_and_others_do_not() {
        let across = line(&[(110.03, 28.9), (110.03, 29.2)]);
        let bent = line(&[(110.07, 29.2), (110.08, 29.05), (110.2, 29.05)]);
        let dead_end = line(&[(110.05, 28.9), (110.05, 29.05), (110.06, 29.05)]);
        let far = line(&[(111.0, 28.9), (111.0, 29.2)]);
        let counts = |lines: &[LineString]| {
            let pieces = pieces(&square(), lines);
            let sum: f64 = pieces.iter().map(area_m2).sum();
            assert!((sum / area_m2(&square()) - 1.0).abs() < 1e-9, "{pieces:?}");
            pieces.len()
        };
        assert_eq!(counts(&[]), 1);
        assert_eq!(counts(&[dead_end.clone(), far]), 1);
        assert_eq!(counts(std::slice::from_ref(&across)), 2);
        assert_eq!(counts(&[across.clone(), bent.clone(), dead_end]), 3);
        let crossing = line(&[(109.9, 29.02), (110.2, 29.02)]);
        assert_eq!(counts(&[across, bent, crossing]), 5);
    }

    #[test]
    fn a_closed_line_cuts_out_an_island() {
        let island = line(&[(110.04, 29.04), (110.06, 29.04), (110.06, 29.06), (110.04, 29.04)]);
        let found = pieces(&square(), &[island]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found.iter().filter(|piece| !piece.0[0].interiors().is_empty()).count(), 1);
    }
}
