//! What the centre's desk does with what arrives: filed, dispatched, and to the right station. By the period in which a case
//! was submitted; rates of the urban-management platforms (立案率, 派遣率, 准确派遣率).

use super::{
    super::Query,
    closure::{counted, proportion},
};
use polars::prelude::*;

/// Accepted / escalated and decided upon: accepted, rejected or duplicate. What still waits for a decision is left out.
pub fn filing_rate(cases: &DataFrame, query: &Query) -> PolarsResult<DataFrame> {
    let turned_away = || col("discarded").eq(lit("rejected")).or(col("discarded").eq(lit("duplicate"))).fill_null(lit(false));
    let accepted = || reached(query, "accepted_at").and(turned_away().not());
    let decided = reached(query, "escalated_at").and(accepted().or(turned_away()));
    let decided = cases.clone().lazy().filter(query.of_kind().and(query.by.placed()).and(decided));
    proportion(decided, query, "submitted_at", accepted())
}

/// Dispatched / accepted.
pub fn dispatch_rate(cases: &DataFrame, query: &Query) -> PolarsResult<DataFrame> {
    let accepted = counted(cases, query).filter(reached(query, "accepted_at"));
    proportion(accepted, query, "submitted_at", reached(query, "dispatched_at"))
}

/// Never returned by the station / dispatched.
pub fn dispatch_accuracy(cases: &DataFrame, query: &Query) -> PolarsResult<DataFrame> {
    let dispatched = counted(cases, query).filter(reached(query, "dispatched_at"));
    proportion(dispatched, query, "submitted_at", col("returned").not())
}

fn reached(query: &Query, stage: &str) -> Expr {
    col(stage).lt_eq(query.now()).fill_null(lit(false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::frames::{self, CaseRow, Discarded, Placed, Stages};

    #[test]
    fn what_the_desk_did() {
        let at = |hour: u32| format!("2026-03-02T{hour:02}:00:00Z").parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        let case = |stages: Stages| CaseRow {
            case: 0,
            kind: 0,
            category: 1,
            at: Placed::default(),
            worker: None,
            due_at: None,
            stages: Stages { submitted_at: at(0), escalated_at: Some(at(1)), ..stages },
        };
        let accepted = Stages { accepted_at: Some(at(2)), ..Stages::default() };
        let dispatched = |returned| Stages { dispatched_at: Some(at(3)), returned, ..accepted.clone() };
        let discarded = |reason| Stages { discarded: Some(reason), ..Stages::default() };
        let rows = [
            case(dispatched(false)),
            case(dispatched(false)),
            case(dispatched(true)),
            case(accepted.clone()),
            case(discarded(Discarded::Rejected)),
            case(discarded(Discarded::Duplicate)),
            // Not decided: it waits, or its reporter took it back.
            case(Stages::default()),
            case(discarded(Discarded::Void)),
            // Never escalated: the leader dealt with it.
            case(Stages { escalated_at: None, ..Stages::default() }),
        ];
        let cases = frames::cases(&rows).unwrap();
        let query = Query::whole(chrono_tz::Asia::Shanghai, at(10));
        let rate = |figures: PolarsResult<DataFrame>| {
            let figures = figures.unwrap();
            let number = |name: &str| figures.column(name).unwrap().f64().unwrap().get(0).unwrap();
            (number("numerator"), number("denominator"))
        };
        assert_eq!(rate(filing_rate(&cases, &query)), (4.0, 6.0));
        assert_eq!(rate(dispatch_rate(&cases, &query)), (3.0, 4.0));
        assert_eq!(rate(dispatch_accuracy(&cases, &query)), (2.0, 3.0));
        // As of an hour in which nothing had been accepted yet.
        let early = Query::whole(chrono_tz::Asia::Shanghai, at(1));
        assert_eq!(dispatch_rate(&cases, &early).unwrap().height(), 0);
    }
}
