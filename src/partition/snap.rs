//! A drawn line brought onto roads and rivers.

use super::{
    exact::{apart, foot},
    vertex::scale,
};
use geo::{Coord, LineString};

/// Degrees of latitude in a metre, about.
const DEGREES_PER_METRE: f64 = 1.0 / 111_000.0;

/// A reference is followed between two vertices unless that is so many times longer than the straight way.
const LONGEST_DETOUR: f64 = 2.0;

/// A place on one of the references.
#[derive(Clone, Copy)]
struct On {
    reference: usize,
    edge: usize,
    at: Coord,
}

/// `line` with its vertices brought onto the nearest of `references` within `tolerance_m`; between two vertices on the same reference
/// the line follows it, unless that is a detour.
///
/// All coordinates in degrees, EPSG:4326. O(vertices of both, multiplied).
#[must_use]
pub fn snapped(line: &LineString, references: &[LineString], tolerance_m: f64) -> LineString {
    let tolerance = tolerance_m.max(0.0) * DEGREES_PER_METRE;
    let mut snapped: Vec<Coord> = Vec::with_capacity(line.0.len());
    let mut last: Option<On> = None;
    for &at in &line.0 {
        let on = nearest(references, at, tolerance);
        if let (Some(from), Some(to)) = (last, on)
            && from.reference == to.reference
        {
            snapped.extend(followed(&references[to.reference].0, from, to, tolerance));
        }
        snapped.push(on.map_or(at, |on| on.at));
        last = on;
    }
    snapped.dedup();
    LineString(snapped)
}

fn nearest(references: &[LineString], at: Coord, tolerance: f64) -> Option<On> {
    let scale = scale(at);
    let flat = |it: Coord| Coord { x: it.x * scale, y: it.y };
    let mut best: Option<(f64, On)> = None;
    for (reference, line) in references.iter().enumerate() {
        for (edge, pair) in line.0.windows(2).enumerate() {
            let (place, share) = foot(flat(at), (flat(pair[0]), flat(pair[1])));
            let distance = apart(place, flat(at));
            if distance <= tolerance && best.is_none_or(|(least, _)| distance < least) {
                best = Some((distance, On { reference, edge, at: pair[0] + (pair[1] - pair[0]) * share }));
            }
        }
    }
    best.map(|(_, on)| on)
}

/// The vertices of a reference between two places on it; none if that is a detour.
fn followed(reference: &[Coord], from: On, to: On, tolerance: f64) -> Vec<Coord> {
    let (low, high) = (from.edge.min(to.edge), from.edge.max(to.edge));
    let mut way = reference.get(low + 1..=high).unwrap_or_default().to_vec();
    if from.edge > to.edge {
        way.reverse();
    }
    let whole: Vec<Coord> = std::iter::once(from.at).chain(way.iter().copied()).chain([to.at]).collect();
    let length: f64 = whole.windows(2).map(|pair| apart(pair[0], pair[1])).sum();
    if length > LONGEST_DETOUR * apart(from.at, to.at) + 2.0 * tolerance { Vec::new() } else { way }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[(f64, f64)]) -> LineString {
        points.iter().map(|&(x, y)| Coord { x: 110.0 + x / 1_000.0, y: y / 1_000.0 }).collect()
    }

    #[test]
    fn a_line_beside_a_road_follows_it() {
        let road = line(&[(0.0, 0.0), (1.0, 0.5), (2.0, 0.0), (3.0, 0.5)]);
        let drawn = line(&[(0.0, 0.01), (2.995, 0.5), (4.0, 4.0)]);
        let expected = line(&[(1.0, 0.5), (2.0, 0.0)]);
        let snapped = snapped(&drawn, std::slice::from_ref(&road), 5.0);
        assert_eq!(snapped.0[1..3], expected.0);
        assert_eq!(snapped.0.len(), 5);
        assert_eq!(snapped.0[4], drawn.0[2]);
        assert_eq!(super::snapped(&drawn, &[road], 0.1).0[0], drawn.0[0]);
    }

    #[test]
    fn a_hairpin_is_not_followed() {
        let road = line(&[(0.0, 0.0), (9.0, 0.0), (9.0, 0.1), (0.0, 0.1)]);
        let drawn = line(&[(1.0, 0.0), (1.0, 0.1)]);
        assert_eq!(snapped(&drawn, &[road], 1.0), drawn);
    }
}
