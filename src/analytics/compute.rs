//! One door: a metric, the frames, a query; rows, total and balance come out.

use super::{
    AnalyticsError, By, Frames, Metric, Query, Weights, coverage, figures,
    response::{self, Stage},
    stats::Balance,
    workload,
};
use crate::case::WorkCalendar;
use polars::prelude::*;

/// What a metric comes to.
#[derive(Clone, Debug)]
pub struct Figures {
    /// A row a place (or worker, or kind) and period, as [`figures::named`] has them.
    pub rows: DataFrame,
    /// A row a period, for the whole area.
    pub total: DataFrame,
    /// Of the workload by worker or place.
    pub balance: Option<Balance>,
}

/// Computes `metric` as `query` asks for it.
///
/// # Errors
/// [`AnalyticsError::By`], [`AnalyticsError::Period`] if the metric does not go by that.
pub fn compute(
    metric: Metric,
    frames: &Frames,
    weights: &Weights,
    calendar: &WorkCalendar,
    query: &Query,
) -> Result<Figures, AnalyticsError> {
    check(metric, query)?;
    let run = |query: &Query| -> PolarsResult<DataFrame> {
        figures::named(&one(metric, frames, weights, calendar, query)?, &frames.names)
    };
    let rows = run(query)?;
    let total = if query.by == By::Area { rows.clone() } else { run(&query.total())? };
    let spread = metric == Metric::Workload && query.by != By::Area;
    let balance = if spread { workload::workload_balance(frames, weights, query)? } else { None };
    Ok(Figures { rows, total, balance })
}

fn check(metric: Metric, query: &Query) -> Result<(), AnalyticsError> {
    if query.by != By::Area && !metric.by().contains(&query.by) {
        let allowed = [By::Area].iter().chain(metric.by()).map(|by| by.word()).collect::<Vec<_>>().join(", ");
        return Err(AnalyticsError::By { metric: metric.word(), by: query.by, allowed });
    }
    if !metric.periods().contains(&query.period) {
        let allowed = metric.periods().iter().map(|period| period.word()).collect::<Vec<_>>().join(", ");
        return Err(AnalyticsError::Period { metric: metric.word(), period: query.period, allowed });
    }
    Ok(())
}

fn one(metric: Metric, frames: &Frames, weights: &Weights, calendar: &WorkCalendar, query: &Query) -> PolarsResult<DataFrame> {
    let f = frames;
    let stage = |stage| response::durations(&f.cases, &f.pauses, stage, query, calendar);
    match metric {
        Metric::VisitRate => coverage::visit_rate(&f.households, &f.visits, &f.posts, query),
        Metric::AttemptRate => coverage::attempt_rate(&f.households, &f.visits, &f.posts, query),
        Metric::SquareReach => coverage::square_reach(&f.households, &f.squares, &f.facilities, &f.walks, query),
        Metric::LeaderFilled => coverage::leader_filled(&f.places, &f.posts, query),
        Metric::FacilitiesWorking => coverage::facilities_working(&f.squares, &f.facilities, query),
        Metric::ActivitiesHeld => coverage::activities_held(&f.rounds, &f.squares, &f.activities, query),
        Metric::AreaCovered => coverage::area_covered(&f.places, query),
        Metric::Workload => workload::workload(f, weights, query),
        Metric::Events => workload::event_count(f, query),
        Metric::Visits => workload::visit_count(f, query),
        Metric::FirstAction => stage(Stage::FirstAction),
        Metric::Accept => stage(Stage::Accept),
        Metric::Dispatch => stage(Stage::Dispatch),
        Metric::Handle => stage(Stage::Handle),
        Metric::Close => stage(Stage::Close),
        Metric::Feedback => stage(Stage::Feedback),
        Metric::SubmitToClose => stage(Stage::SubmitToClose),
        Metric::FilingRate => response::filing_rate(&f.cases, query),
        Metric::DispatchRate => response::dispatch_rate(&f.cases, query),
        Metric::DispatchAccuracy => response::dispatch_accuracy(&f.cases, query),
        Metric::ClosureRate => response::closure_rate(&f.cases, query),
        Metric::OnTimeRate => response::on_time_rate(&f.cases, query),
        Metric::ReworkRate => response::rework_rate(&f.cases, query),
        Metric::FirstTimeFix => response::first_time_fix(&f.cases, query),
        Metric::Satisfaction => response::satisfaction(&f.cases, query),
        Metric::FeedbackResponse => response::feedback_response(&f.cases, query),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::{Period, frames::*};
    use crate::{people::Role, place::Level, round::Outcome};

    /// One of everything in micro-grid 3 of grid 2 of village 1.
    fn small() -> Frames {
        let mut names = Frames::default().names;
        let (village, grid, microgrid) = (names.key("v"), names.key("g"), names.key("m"));
        let (kind, category, worker) = (names.key("report"), names.key("路灯"), names.key("w"));
        let at = Placed { village: Some(village), grid: Some(grid), microgrid: Some(microgrid) };
        let time = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        let since = "2025-01-01".parse().unwrap();
        let stages = Stages {
            submitted_at: time("2026-03-02T01:00:00Z"),
            first_action_at: Some(time("2026-03-02T02:00:00Z")),
            escalated_at: Some(time("2026-03-02T02:00:00Z")),
            accepted_at: Some(time("2026-03-02T03:00:00Z")),
            dispatched_at: Some(time("2026-03-02T04:00:00Z")),
            handled_at: Some(time("2026-03-03T04:00:00Z")),
            first_closed_at: Some(time("2026-03-04T04:00:00Z")),
            closed_at: Some(time("2026-03-04T04:00:00Z")),
            feedback_at: Some(time("2026-03-05T04:00:00Z")),
            satisfied: Some(true),
            ..Stages::default()
        };
        let case =
            CaseRow { case: 0, kind, category, at, worker: Some(worker), stages, due_at: Some(time("2026-03-09T00:00:00Z")) };
        let place = |level, at| PlaceRow { level, at, area_m2: 100.0, in_one_grid_m2: Some(100.0), from: since, to: None };
        let outcome = Outcome::Visited;
        let visit = VisitRow { household: 0, place: at, worker: Some(worker), at: time("2026-03-12T04:00:00Z"), outcome };
        let (kind_of, status) = (crate::place::FacilityKind::Flag, crate::place::FacilityStatus::Working);
        let facility = FacilityRow { square: 0, kind: kind_of, status, from: since, to: None };
        Frames {
            names,
            cases: cases(std::slice::from_ref(&case)).unwrap(),
            pauses: pauses(&[case]).unwrap(),
            households: households(&[HouseholdRow { household: 0, at, lived_in_from: since, lived_in_to: None }]).unwrap(),
            visits: visits(&[visit]).unwrap(),
            posts: posts(&[PostRow { worker, role: Role::Leader, at, from: since, to: None }]).unwrap(),
            patrols: patrols(&[PatrolRow { place: at, worker: Some(worker), at: time("2026-03-12T04:00:00Z") }]).unwrap(),
            activities: activities(&[ActivityRow { square: 0, programme: 0, at: time("2026-03-12T04:00:00Z") }]).unwrap(),
            rounds: rounds(&[RoundRow { programme: 0, square: None, cadence: crate::analytics::Cadence::Monthly }]).unwrap(),
            squares: squares(&[SquareRow { square: 0, at, from: since, to: None }]).unwrap(),
            facilities: facilities(&[facility]).unwrap(),
            walks: walks(&[(0, 0, 5.0)]).unwrap(),
            places: places(&[
                place(Level::Village, Placed { grid: None, microgrid: None, ..at }),
                place(Level::Grid, Placed { microgrid: None, ..at }),
                place(Level::MicroGrid, at),
            ])
            .unwrap(),
        }
    }

    fn query(by: By, period: Period) -> Query {
        Query { by, period, ..Query::whole(chrono_tz::Asia::Shanghai, "2026-04-30T15:00:00Z".parse().unwrap()) }
    }

    #[test]
    fn every_metric_by_everything_it_goes_by() {
        let (frames, weights, calendar) = (small(), Weights::default(), WorkCalendar::china().unwrap());
        for &metric in Metric::ALL {
            for &by in metric.by() {
                for &period in metric.periods() {
                    let out = compute(metric, &frames, &weights, &calendar, &query(by, period)).unwrap();
                    assert!(out.rows.height() > 0 && out.total.height() > 0, "{metric} by {by} per {period}");
                    let rows = figures::rows(&out.rows).unwrap();
                    let some = rows.iter().any(|row| row.value.is_some_and(|value| value > 0.0));
                    assert!(some || metric == Metric::ReworkRate, "{metric} by {by} per {period}: {rows:?}");
                    assert!(rows.iter().all(|row| row.place.is_some()), "{metric} by {by}");
                }
            }
        }
    }

    #[test]
    fn every_metric_of_an_empty_area() {
        let (frames, weights, calendar) = (Frames::default(), Weights::default(), WorkCalendar::china().unwrap());
        for &metric in Metric::ALL {
            for &by in [By::Area].iter().chain(metric.by()) {
                let out = compute(metric, &frames, &weights, &calendar, &query(by, Period::Month)).unwrap();
                let valued = figures::rows(&out.rows).unwrap().into_iter().filter(|row| row.value.is_some()).count();
                assert_eq!((valued, out.balance), (0, None), "{metric} by {by}");
            }
        }
    }

    #[test]
    fn says_by_what_a_metric_goes() {
        let (frames, weights, calendar) = (Frames::default(), Weights::default(), WorkCalendar::china().unwrap());
        let error = |metric, query| compute(metric, &frames, &weights, &calendar, &query).unwrap_err().to_string();
        assert_eq!(
            error(Metric::AreaCovered, query(By::Worker, Period::All)),
            "area_covered is not computed by worker; it is by area, village"
        );
        assert!(error(Metric::VisitRate, query(By::Grid, Period::Week)).contains("month, all"));
    }
}
