//! What is so on a day: posts filled, facilities working, area in a grid. A period shows its last day (today, if it is not
//! over); without a start of the range only the last period is shown.

use super::super::{
    Query,
    query::day,
    rates::{self, Figuring},
};
use crate::place::FacilityStatus;
use chrono::NaiveDate;
use polars::prelude::*;

/// Kinds of facility that a square should have (七个一).
const FACILITIES: u32 = 7;

/// Micro-grids with exactly one active leader / all micro-grids in force.
pub fn leader_filled(places: &DataFrame, posts: &DataFrame, query: &Query) -> PolarsResult<DataFrame> {
    on_days(query, |date| {
        let leaders = posts
            .clone()
            .lazy()
            .filter(col("leads").and(col("microgrid").is_not_null()).and(holds(date)))
            .group_by([col("microgrid")])
            .agg([col("worker").n_unique().cast(DataType::UInt32).alias("leaders")]);
        places
            .clone()
            .lazy()
            .filter(col("level").eq(lit("microgrid")).and(holds(date)))
            .left_join(leaders, col("microgrid"), col("microgrid"))
            .with_columns([
                col("leaders").eq(lit(1_u32)).fill_null(lit(false)).cast(DataType::Float64).alias("part"),
                lit(1.0).alias("whole"),
            ])
    })
}

/// Working facilities / 7 for each square in use.
pub fn facilities_working(squares: &DataFrame, facilities: &DataFrame, query: &Query) -> PolarsResult<DataFrame> {
    on_days(query, |date| {
        squares_on(squares, facilities, date)
            .with_columns([col("working").cast(DataType::Float64).alias("part"), lit(f64::from(FACILITIES)).alias("whole")])
    })
}

/// The squares in use on `date`, with `recorded`, the kinds of facility that they have then, and `working`, those that work: of
/// several of a kind the best counts.
pub(super) fn squares_on(squares: &DataFrame, facilities: &DataFrame, date: NaiveDate) -> LazyFrame {
    let works = col("status").eq(lit(FacilityStatus::Working.word()));
    let kinds = facilities.clone().lazy().filter(holds(date)).group_by([col("square")]).agg([
        col("kind").n_unique().cast(DataType::UInt32).alias("recorded"),
        col("kind").filter(works).n_unique().cast(DataType::UInt32).alias("working"),
    ]);
    let none = |name: &str| col(name).fill_null(lit(0_u32));
    squares
        .clone()
        .lazy()
        .filter(holds(date))
        .left_join(kinds, col("square"), col("square"))
        .with_columns([none("recorded"), none("working")])
}

/// Area in exactly one grid / area of the villages, m² of today's boundaries. Villages whose cover is not known are left out.
pub fn area_covered(places: &DataFrame, query: &Query) -> PolarsResult<DataFrame> {
    on_days(query, |_| {
        places
            .clone()
            .lazy()
            .filter(col("level").eq(lit("village")).and(col("in_one_grid_m2").is_not_null()))
            .with_columns([col("in_one_grid_m2").alias("part"), col("area_m2").alias("whole")])
    })
    // Square metres are no trials: they have no interval, and nothing to shrink.
    .and_then(|figures| {
        let none = ["low", "high", "shrunken"].map(|name| lit(NULL).cast(DataType::Float64).alias(name));
        figures.lazy().with_columns(none).collect()
    })
}

/// Whether the row's `from` (inclusive) and `to` (exclusive) hold on `date`.
pub(super) fn holds(date: NaiveDate) -> Expr {
    col("from").lt_eq(day(date)).and(col("to").is_null().or(col("to").gt(day(date))))
}

/// Σ`part` / Σ`whole` of what `rows` gives for the last day of each period, by place.
pub(super) fn on_days(query: &Query, rows: impl Fn(NaiveDate) -> LazyFrame) -> PolarsResult<DataFrame> {
    let today = query.today();
    let first = query
        .from
        .unwrap_or_else(|| query.period.start(query.to.and_then(|to| to.pred_opt()).map_or(today, |to| to.min(today))));
    let mut days = Vec::new();
    for (start, _, end) in query.periods(first, today) {
        let last = end.pred_opt().unwrap_or(end);
        days.push(
            rows(last)
                .filter(query.by.placed())
                .with_columns([query.by.place(), day(start).alias("period")])
                .group_by([col("place"), col("period")])
                .agg([col("part").sum().alias("numerator"), col("whole").sum().alias("denominator")])
                .collect()?,
        );
    }
    let Some((head, tail)) = days.split_first() else {
        return rates::figures(&rows_of_nothing()?, Figuring::Proportion, query);
    };
    let mut sums = head.clone();
    for frame in tail {
        sums.vstack_mut(frame)?;
    }
    rates::figures(&sums, Figuring::Proportion, query)
}

fn rows_of_nothing() -> PolarsResult<DataFrame> {
    DataFrame::new_infer_height(vec![
        Column::new_empty("place".into(), &DataType::UInt32),
        Column::new_empty("period".into(), &DataType::Date),
        Column::new_empty("numerator".into(), &DataType::Float64),
        Column::new_empty("denominator".into(), &DataType::Float64),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        analytics::{
            By, Period,
            frames::{self, FacilityRow, PlaceRow, Placed, PostRow, SquareRow},
        },
        people::Role,
        place::{
            FacilityKind::{self, Camera, Display, Flag, Keeper},
            FacilityStatus::{Faulty, Missing, Working},
            Level,
        },
    };

    fn query() -> Query {
        Query::whole(chrono_tz::Asia::Shanghai, "2026-03-20T00:00:00Z".parse().unwrap())
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn numbers(frame: &DataFrame, name: &str) -> Vec<f64> {
        frame.column(name).unwrap().f64().unwrap().iter().flatten().collect()
    }

    #[test]
    fn exactly_one_active_leader() {
        let micro = |microgrid| Placed { village: Some(1), grid: Some(2), microgrid: Some(microgrid) };
        let place = |microgrid| PlaceRow {
            level: Level::MicroGrid,
            at: micro(microgrid),
            area_m2: 1.0,
            in_one_grid_m2: None,
            from: date("2020-01-01"),
            to: None,
        };
        let leader = |worker, microgrid, to: Option<&str>| PostRow {
            worker,
            role: Role::Leader,
            at: micro(microgrid),
            from: date("2025-01-01"),
            to: to.map(date),
        };
        let posts = [
            leader(100, 10, None),
            leader(101, 11, None),
            leader(102, 11, Some("2026-03-01")),
            leader(103, 12, Some("2026-03-01")),
            PostRow { role: Role::Worker, ..leader(104, 13, None) },
        ];
        let places = frames::places(&[10, 11, 12, 13].map(place)).unwrap();
        let posts = frames::posts(&posts).unwrap();
        let by_month = Query { period: Period::Month, from: Some(date("2026-02-01")), ..query() };
        let out = leader_filled(&places, &posts, &by_month).unwrap();
        // February: 10 and 12 have one, 11 has two; on 20 March 10 and 11 have one.
        assert_eq!((numbers(&out, "numerator"), numbers(&out, "denominator")), (vec![2.0, 2.0], vec![4.0, 4.0]));
        let by_place = leader_filled(&places, &posts, &Query { by: By::MicroGrid, ..query() }).unwrap();
        assert_eq!(numbers(&by_place, "value"), [1.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn seven_things_for_each_square() {
        let squares = [square(5, None), square(6, None), square(7, Some("2026-01-01"))];
        let facilities = [
            facility(5, Flag, Working, None),
            // Of two screens one works, and counts once.
            facility(5, Display, Faulty, None),
            facility(5, Display, Working, None),
            facility(5, Display, Working, None),
            facility(5, Keeper, Faulty, None),
            facility(5, Camera, Missing, None),
            facility(7, Flag, Working, None),
        ];
        let out = working(&squares, &facilities, &query());
        assert_eq!((numbers(&out, "numerator"), numbers(&out, "denominator")), (vec![2.0], vec![14.0]));
    }

    #[test]
    fn each_period_has_the_facilities_of_its_last_day() {
        let facilities = [
            facility(5, Flag, Working, Some("2026-02-28")),
            facility(5, Keeper, Working, Some("2026-03-01")),
            FacilityRow { from: date("2026-03-20"), ..facility(5, Camera, Working, None) },
            FacilityRow { from: date("2026-03-21"), ..facility(5, Display, Working, None) },
        ];
        let by_month = Query { period: Period::Month, from: Some(date("2026-01-01")), ..query() };
        let out = working(&[square(5, None)], &facilities, &by_month);
        assert_eq!(numbers(&out, "numerator"), [2.0, 1.0, 1.0]);
        let then = Query { as_of: "2026-02-10T00:00:00Z".parse().unwrap(), ..query() };
        assert_eq!(numbers(&working(&[square(5, None)], &facilities, &then), "numerator"), [2.0]);
    }

    fn square(square: u32, to: Option<&str>) -> SquareRow {
        SquareRow { square, at: Placed { grid: Some(2), ..Placed::default() }, from: date("2025-01-01"), to: to.map(date) }
    }

    fn facility(square: u32, kind: FacilityKind, status: FacilityStatus, to: Option<&str>) -> FacilityRow {
        FacilityRow { square, kind, status, from: date("2025-01-01"), to: to.map(date) }
    }

    fn working(squares: &[SquareRow], facilities: &[FacilityRow], query: &Query) -> DataFrame {
        let (squares, facilities) = (frames::squares(squares).unwrap(), frames::facilities(facilities).unwrap());
        facilities_working(&squares, &facilities, query).unwrap()
    }

    #[test]
    fn area_in_exactly_one_grid() {
        let village = |village, in_one_grid_m2| PlaceRow {
            level: Level::Village,
            at: Placed { village: Some(village), ..Placed::default() },
            area_m2: 200.0,
            in_one_grid_m2,
            from: date("2020-01-01"),
            to: None,
        };
        let places = frames::places(&[village(1, Some(150.0)), village(2, Some(200.0)), village(3, None)]).unwrap();
        let out = area_covered(&places, &query()).unwrap();
        assert_eq!((numbers(&out, "value"), numbers(&out, "low")), (vec![0.875], vec![]));
    }
}
