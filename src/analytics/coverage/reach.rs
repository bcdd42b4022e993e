//! Households within a quarter of an hour's walk of a square.

use super::{
    super::{Key, Query, query::day},
    states::{on_days, squares_on},
};
use crate::geometry::{BBox, LonLat, distance_to_border_m};
use geo::{Intersects, MultiPolygon};
use polars::prelude::*;

/// How far a walk may be.
pub const WALK_MINUTES: f64 = 15.0;

/// 4 km/h.
pub const WALK_SPEED_M_PER_MIN: f64 = 4000.0 / 60.0;

/// Metres on foot for each metre of the straight line, where no network of paths is known.
pub const DETOUR: f64 = 1.3;

/// A degree of latitude is nowhere shorter, metres.
const LEAST_DEGREE_M: f64 = 110_000.0;

/// The straight line that 15 minutes on foot correspond to: 1,000 m / 1.3 = 769 m.
#[must_use]
pub fn reach_limit_m() -> f64 {
    WALK_MINUTES * WALK_SPEED_M_PER_MIN / DETOUR
}

/// Households lived in with a working square within [`reach_limit_m`] / households lived in, on the last day of each period.
///
/// An estimate: straight line × 1.3, not paths. A square works while it is in use and not all of the facilities recorded for that
/// day are faulty or missing. Households without a position count as out of reach.
pub fn square_reach(
    households: &DataFrame,
    squares: &DataFrame,
    facilities: &DataFrame,
    walks: &DataFrame,
    query: &Query,
) -> PolarsResult<DataFrame> {
    on_days(query, |date| {
        let working = squares_on(squares, facilities, date)
            .filter(col("working").gt(lit(0_u32)).or(col("recorded").eq(lit(0_u32))))
            .select([col("square")]);
        let near = walks
            .clone()
            .lazy()
            .filter(col("distance_m").lt_eq(lit(reach_limit_m())))
            .semi_join(working, col("square"), col("square"))
            .select([col("household")])
            .unique_generic(None, UniqueKeepStrategy::Any)
            .with_column(lit(1.0).alias("part"));
        let lived_in =
            col("lived_in_from").lt_eq(day(date)).and(col("lived_in_to").is_null().or(col("lived_in_to").gt(day(date))));
        households
            .clone()
            .lazy()
            .filter(lived_in)
            .left_join(near, col("household"), col("household"))
            .with_columns([col("part").fill_null(lit(0.0)), lit(1.0).alias("whole")])
    })
}

/// The pairs of household and square that are within [`reach_limit_m`] of each other, with the geodesic distance in metres from
/// the household to the square's edge (0 inside), by household, then square.
#[must_use]
pub fn walks_between(households: &[(Key, LonLat)], squares: &[(Key, &MultiPolygon)]) -> Vec<(Key, Key, f64)> {
    let mut boxes: Vec<_> = squares.iter().filter_map(|&(key, shape)| Some((BBox::around(shape)?, key, shape))).collect();
    boxes.sort_by(|a, b| a.0.south.total_cmp(&b.0.south));
    let tallest = boxes.iter().map(|(bbox, ..)| bbox.north - bbox.south).fold(0.0, f64::max);
    let limit = reach_limit_m();
    let lat_reach = limit / LEAST_DEGREE_M;
    let mut walks = Vec::new();
    for &(household, point) in households {
        let lon_reach = lat_reach / (point.lat().abs() + lat_reach).min(89.9).to_radians().cos();
        let from = boxes.partition_point(|(bbox, ..)| bbox.south < point.lat() - lat_reach - tallest);
        let around = BBox {
            west: point.lon() - lon_reach,
            south: point.lat() - lat_reach,
            east: point.lon() + lon_reach,
            north: point.lat() + lat_reach,
        };
        let candidates = boxes[from..].iter().take_while(|(bbox, ..)| bbox.south <= around.north);
        for &(_, square, shape) in candidates.filter(|(bbox, ..)| bbox.intersects(&around)) {
            let inside = shape.intersects(&point.to_point());
            let distance = if inside { Some(0.0) } else { distance_to_border_m(point, shape) };
            walks.extend(distance.filter(|m| *m <= limit).map(|m| (household, square, m)));
        }
    }
    walks.sort_unstable_by_key(|walk| (walk.0, walk.1));
    walks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        analytics::{
            Period,
            frames::{self, FacilityRow, HouseholdRow, Placed, SquareRow},
        },
        place::{
            FacilityKind::{self, Camera, Display},
            FacilityStatus::{self, Faulty, Working},
        },
    };
    use geo::{Rect, coord};
    use proptest::prelude::*;

    fn square(west: f64, south: f64) -> MultiPolygon {
        MultiPolygon::from(Rect::new(coord! { x: west, y: south }, coord! { x: west + 0.001, y: south + 0.001 }).to_polygon())
    }

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::from_degrees(lon, lat).unwrap()
    }

    #[test]
    fn the_limit_is_a_quarter_of_an_hour() {
        assert!((reach_limit_m() - 769.230_769).abs() < 1e-6);
        let shape = square(110.55, 29.35);
        // One degree of latitude is 110.85 km there: 0.0069° are 765 m, 0.0070° are 776 m.
        let homes = [(0, at(110.5505, 29.35 - 0.0069)), (1, at(110.5505, 29.35 - 0.0070)), (2, at(110.5505, 29.3505))];
        let walks = walks_between(&homes, &[(9, &shape)]);
        assert_eq!(walks.iter().map(|w| (w.0, w.1)).collect::<Vec<_>>(), [(0, 9), (2, 9)]);
        assert!((walks[0].2 - 764.9).abs() < 0.5 && walks[1].2.abs() < 1e-9, "{walks:?}");
    }

    #[test]
    fn only_working_squares_count() {
        let place = Placed { grid: Some(1), ..Placed::default() };
        let from = "2020-01-01".parse().unwrap();
        let home = |household| HouseholdRow { household, at: place, lived_in_from: from, lived_in_to: None };
        let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
        let square = |square, to: Option<&str>| SquareRow { square, at: place, from, to: to.map(day) };
        let facility = |square, kind: FacilityKind, status: FacilityStatus, to: Option<&str>| FacilityRow {
            square,
            kind,
            status,
            from,
            to: to.map(day),
        };
        let squares = [square(10, None), square(11, None), square(12, None), square(13, Some("2026-03-31"))];
        // The camera of square 11 worked until the first of March.
        let facilities = [
            facility(10, Display, Faulty, None),
            facility(10, Camera, Working, None),
            facility(11, Display, Faulty, None),
            facility(11, Camera, Working, Some("2026-03-01")),
        ];
        let walks = [(0, 10, 100.0), (0, 12, 200.0), (1, 11, 5.0), (2, 12, 769.0), (3, 10, 770.0), (4, 13, 1.0)];
        let whole = Query::whole(chrono_tz::Asia::Shanghai, "2026-03-31T04:00:00Z".parse().unwrap());
        let months = Query { period: Period::Month, from: Some(day("2026-02-01")), ..whole };
        let out = square_reach(
            &frames::households(&(0..5).map(home).collect::<Vec<_>>()).unwrap(),
            &frames::squares(&squares).unwrap(),
            &frames::facilities(&facilities).unwrap(),
            &frames::walks(&walks).unwrap(),
            &months,
        )
        .unwrap();
        let numbers = |name: &str| out.column(name).unwrap().f64().unwrap().iter().flatten().collect::<Vec<_>>();
        assert_eq!((numbers("numerator"), numbers("denominator")), (vec![4.0, 2.0], vec![5.0, 5.0]));
    }

    proptest! {
        #[test]
        fn finds_what_brute_force_finds(
            homes in prop::collection::vec((110.5..110.6_f64, 29.3..29.4_f64), 1..20),
            corners in prop::collection::vec((110.5..110.6_f64, 29.3..29.4_f64), 1..10),
        ) {
            let homes: Vec<_> = (0..).zip(&homes).map(|(key, &(lon, lat))| (key, at(lon, lat))).collect();
            let shapes: Vec<_> = corners.iter().map(|&(west, south)| square(west, south)).collect();
            let squares: Vec<_> = (100..).zip(&shapes).collect();
            let mut expected = Vec::new();
            for &(home, point) in &homes {
                for &(square, shape) in &squares {
                    let inside = shape.intersects(&point.to_point());
                    let metres = if inside { 0.0 } else { distance_to_border_m(point, shape).unwrap() };
                    if metres <= reach_limit_m() {
                        expected.push((home, square, metres));
                    }
                }
            }
            prop_assert_eq!(walks_between(&homes, &squares), expected);
        }
    }
}
