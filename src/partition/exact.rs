//! Predicates that decide exactly, whatever the rounding.

use crate::geometry::LonLat;
use geo::Coord;
use std::cmp::Ordering;

/// A coordinate as a key: equal coordinates have equal bits (negative zero aside, which becomes zero).
pub(super) type Bits = (u64, u64);

pub(super) fn bits(at: Coord) -> Bits {
    ((at.x + 0.0).to_bits(), (at.y + 0.0).to_bits())
}

/// A coordinate for a message: what is out of range is brought into it.
pub(super) fn located(at: Coord) -> LonLat {
    let into = |value: f64, limit: f64| if value.is_finite() { value.clamp(-limit, limit) } else { 0.0 };
    LonLat::from_degrees(into(at.x, 180.0), into(at.y, 90.0)).expect("in range")
}

/// Positive if `c` lies left of the line from `a` to `b` (Shewchuk 1997).
pub(super) fn turn(a: Coord, b: Coord, c: Coord) -> f64 {
    let exact = |at: Coord| robust::Coord { x: at.x, y: at.y };
    robust::orient2d(exact(a), exact(b), exact(c))
}

/// How two segments meet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Contact {
    None,
    /// In one point, which is an end of at least one of them.
    Point(Coord),
    /// In a stretch.
    Along(Coord),
    /// Properly; the point is rounded.
    Cross(Coord),
}

pub(super) type Segment = (Coord, Coord);

/// How `e` and `f` meet, exactly.
pub(super) fn contact(e: Segment, f: Segment) -> Contact {
    if e.0.x.max(e.1.x) < f.0.x.min(f.1.x)
        || f.0.x.max(f.1.x) < e.0.x.min(e.1.x)
        || e.0.y.max(e.1.y) < f.0.y.min(f.1.y)
        || f.0.y.max(f.1.y) < e.0.y.min(e.1.y)
    {
        return Contact::None;
    }
    let (fa, fb) = (turn(e.0, e.1, f.0), turn(e.0, e.1, f.1));
    if fa == 0.0 && fb == 0.0 {
        return collinear_contact(e, f);
    }
    let same_side = |s: f64, t: f64| (s > 0.0 && t > 0.0) || (s < 0.0 && t < 0.0);
    if same_side(fa, fb) {
        return Contact::None;
    }
    let (ea, eb) = (turn(f.0, f.1, e.0), turn(f.0, f.1, e.1));
    if same_side(ea, eb) {
        return Contact::None;
    }
    for (turn, at) in [(fa, f.0), (fb, f.1), (ea, e.0), (eb, e.1)] {
        if turn == 0.0 {
            return Contact::Point(at);
        }
    }
    let t = ea / (ea - eb);
    Contact::Cross(e.0 + (e.1 - e.0) * t)
}

fn collinear_contact(e: Segment, f: Segment) -> Contact {
    let along = |at: Coord| if (e.0.x - e.1.x).abs() >= (e.0.y - e.1.y).abs() { at.x } else { at.y };
    let ordered = |(a, b): Segment| if along(a) <= along(b) { (a, b) } else { (b, a) };
    let ((e0, e1), (f0, f1)) = (ordered(e), ordered(f));
    let start = if along(e0) >= along(f0) { e0 } else { f0 };
    let end = if along(e1) <= along(f1) { e1 } else { f1 };
    match along(start).total_cmp(&along(end)) {
        Ordering::Less => Contact::Along(start),
        Ordering::Equal => Contact::Point(start),
        Ordering::Greater => Contact::None,
    }
}

/// The order of the directions from `centre` to `a` and to `b`, counter-clockwise from east.
pub(super) fn by_angle(centre: Coord, a: Coord, b: Coord) -> Ordering {
    let lower = |at: Coord| at.y < centre.y || (at.y <= centre.y && at.x < centre.x);
    lower(a).cmp(&lower(b)).then_with(|| 0f64.total_cmp(&(turn(centre, a, b) + 0.0)))
}

/// Whether the ray eastward from `point` crosses the segment, by the half-open rule of [`crate::spatial`].
pub(super) fn is_crossed(point: Coord, (a, b): Segment) -> bool {
    if (a.y > point.y) == (b.y > point.y) || point.x >= a.x.max(b.x) {
        return false;
    }
    if point.x < a.x.min(b.x) {
        return true;
    }
    let (low, high) = if a.y < b.y { (a, b) } else { (b, a) };
    turn(low, high, point) > 0.0
}

/// Which of two segments that a ray eastward crosses (both not level, not crossing each other) it crosses first.
pub(super) fn by_crossing(e: Segment, f: Segment) -> Ordering {
    let upward = |(a, b): Segment| if a.y < b.y { (a, b) } else { (b, a) };
    let (e, f) = (upward(e), upward(f));
    // A point left of an upward line lies west of it.
    let west_of = |line: Segment, at: Coord| 0f64.total_cmp(&(turn(line.0, line.1, at) + 0.0));
    let low = if e.0.y >= f.0.y { west_of(f, e.0) } else { west_of(e, f.0).reverse() };
    low.then_with(|| if e.1.y <= f.1.y { west_of(f, e.1) } else { west_of(e, f.1).reverse() })
}

/// The place of the segment that is nearest to `at` in degrees, and its share of the segment's length.
pub(super) fn foot(at: Coord, (a, b): Segment) -> (Coord, f64) {
    let (way, from_start) = (b - a, at - a);
    let length2 = way.x * way.x + way.y * way.y;
    let share = if length2 > 0.0 { (from_start.x * way.x + from_start.y * way.y) / length2 } else { 0.0 };
    if share <= 0.0 {
        (a, 0.0)
    } else if share >= 1.0 {
        (b, 1.0)
    } else {
        (a + way * share, share)
    }
}

/// Distance in degrees.
pub(super) fn apart(a: Coord, b: Coord) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at((x, y): (i8, i8)) -> Coord {
        Coord { x: f64::from(x), y: f64::from(y) }
    }

    #[test]
    fn contacts() {
        let segment = |ax, ay, bx, by| (at((ax, ay)), at((bx, by)));
        assert_eq!(contact(segment(0, 0, 4, 4), segment(0, 4, 4, 0)), Contact::Cross(at((2, 2))));
        assert_eq!(contact(segment(0, 0, 4, 0), segment(2, 0, 2, 4)), Contact::Point(at((2, 0))));
        assert_eq!(contact(segment(0, 0, 4, 0), segment(4, 0, 8, 0)), Contact::Point(at((4, 0))));
        assert_eq!(contact(segment(0, 0, 4, 0), segment(2, 0, 8, 0)), Contact::Along(at((2, 0))));
        assert_eq!(contact(segment(0, 0, 4, 0), segment(5, 0, 8, 0)), Contact::None);
        assert_eq!(contact(segment(0, 0, 4, 4), segment(1, 2, 2, 4)), Contact::None);
    }

    proptest! {
        #[test]
        fn angles_are_those_of_the_arc_tangent(a: (i8, i8), b: (i8, i8)) {
            prop_assume!(a != (0, 0) && b != (0, 0));
            let angle = |(x, y): (i8, i8)| f64::from(y).atan2(f64::from(x)).rem_euclid(std::f64::consts::TAU);
            let same_way = i16::from(a.0) * i16::from(b.1) == i16::from(a.1) * i16::from(b.0) && (angle(a) - angle(b)).abs() < 1e-9;
            let expected = if same_way { Ordering::Equal } else { angle(a).total_cmp(&angle(b)) };
            prop_assert_eq!(by_angle(Coord::zero(), at(a), at(b)), expected);
        }

        #[test]
        fn the_first_crossing_has_the_smaller_longitude(a: (i8, i8), b: (i8, i8), c: (i8, i8), d: (i8, i8), y: i8) {
            let (e, f) = ((at(a), at(b)), (at(c), at(d)));
            let point = Coord { x: -200.0, y: f64::from(y / 4) };
            if is_crossed(point, e) && is_crossed(point, f) && matches!(contact(e, f), Contact::None) {
                let crossing = |(a, b): Segment| a.x + (point.y - a.y) * (b.x - a.x) / (b.y - a.y);
                prop_assert_eq!(by_crossing(e, f), crossing(e).total_cmp(&crossing(f)));
            }
        }
    }
}
