//! What may be done to a plan, as the API's document describes it. What comes in is read as the plan's own [`crate::plan::Body`];
//! a test holds that both say the same.

use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// An entry of a plan's log: what is done. `rebase`, `schedule`, `publish`, `share` and `unshare` come from requests of their own.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum BodyDto {
    /// Changes the draft; undo takes it back.
    Operate(OperationDto),
    Undo,
    Redo,
    /// To the state after an entry; 0 is the base.
    Go {
        to: i64,
    },
    /// Names the present state.
    Snapshot {
        name: String,
    },
    Comment {
        text: String,
        at: Option<[f64; 2]>,
        place: Option<String>,
    },
    Rename {
        name: String,
    },
    Rebase {
        base: i64,
        from: i64,
        dropped: Vec<i64>,
    },
    Submit,
    /// By somebody who did not draw.
    Approve,
    Return,
    Schedule {
        valid_from: NaiveDate,
        note: String,
    },
    Publish {
        version: i64,
        valid_from: NaiveDate,
    },
    Withdraw,
    Resume,
    Share {
        token_hash: String,
    },
    Unshare,
}

/// An operation on a draft.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "operation", rename_all = "snake_case")]
pub enum OperationDto {
    /// Edits of the borders, all of them or none; `places` names those that the edits make, by id.
    Redraw {
        edits: Vec<EditDto>,
        #[serde(skip_serializing_if = "Option::is_none")]
        places: Option<BTreeMap<String, NewPlaceDto>>,
    },
    /// What is missing stays.
    Describe {
        place: String,
        name: Option<String>,
        kind: Option<String>,
    },
    /// Puts a person in the leader's post, or leaves it open.
    Appoint {
        place: String,
        person: Option<String>,
    },
    Lock {
        lock: LockDto,
    },
    Unlock {
        lock: LockDto,
    },
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NewPlaceDto {
    pub name: String,
    /// Of a grid: `house_yard`, `estate`, `institution`, `scenic` or `other`.
    pub kind: Option<String>,
}

/// What must stay as it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "lock", rename_all = "snake_case")]
pub enum LockDto {
    Place { place: String },
    Border { a: String, b: String },
    Household { household: String },
}

/// An edit of the borders. Positions are `[longitude, latitude]`; a `region` is the coordinates of a GeoJSON `MultiPolygon`. The
/// border towards the outside of everything stays unless the edit says `outer`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "edit", rename_all = "snake_case")]
pub enum EditDto {
    /// All borders that meet at the vertex follow.
    MoveVertex {
        from: [f64; 2],
        to: [f64; 2],
        outer: bool,
    },
    InsertVertex {
        on: [f64; 2],
        to: [f64; 2],
        outer: bool,
    },
    DeleteVertex {
        at: [f64; 2],
        outer: bool,
    },
    /// Replaces the stretch of the common border of `a` and `b` between the ends of `line`.
    Redraw {
        a: String,
        b: String,
        line: Vec<[f64; 2]>,
    },
    /// What lies right of `line` becomes `new`; with `cut_below` the parts that it passes through are cut too.
    Split {
        place: String,
        line: Vec<[f64; 2]>,
        new: NewDto,
        cut_below: bool,
    },
    /// All of `from` goes to `into`, which is of the same level.
    Merge {
        from: String,
        into: String,
    },
    /// The ground in `region` goes to `to`; taken from any place, or only from those named.
    Transfer {
        region: Vec<Vec<Vec<[f64; 2]>>>,
        to: String,
        from: Vec<String>,
        outer: bool,
    },
    /// Whole parts go to another place above.
    Reparent {
        places: Vec<String>,
        to: String,
    },
    /// `method`: `visvalingam` or `douglas_peucker`.
    Simplify {
        place: String,
        method: String,
        tolerance_m: f64,
    },
    Smooth {
        place: String,
        rounds: u8,
    },
    /// A place of the ground in `region`, of what `parent` has of it.
    Create {
        new: NewDto,
        level: String,
        parent: Option<String>,
        region: Vec<Vec<Vec<[f64; 2]>>>,
        from: Vec<String>,
        outer: bool,
    },
    /// Into `to`, or into the neighbour with the longest common border.
    Retire {
        place: String,
        to: Option<String>,
    },
}

/// The id of a place that an edit makes: any UUID that is not in use.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NewDto {
    pub id: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Body;

    const A: &str = "00000000-0000-5000-8000-000000000001";
    const B: &str = "00000000-0000-5000-8000-000000000002";

    fn edits() -> Vec<EditDto> {
        let (a, b) = (A.to_owned(), B.to_owned());
        let line = vec![[110.5, 29.3], [110.6, 29.3]];
        let region = vec![vec![vec![[110.5, 29.3], [110.6, 29.3], [110.6, 29.4], [110.5, 29.3]]]];
        let new = || NewDto { id: B.to_owned() };
        vec![
            EditDto::MoveVertex { from: line[0], to: line[1], outer: true },
            EditDto::InsertVertex { on: line[0], to: line[1], outer: false },
            EditDto::DeleteVertex { at: line[0], outer: true },
            EditDto::Redraw { a: a.clone(), b: b.clone(), line: line.clone() },
            EditDto::Split { place: a.clone(), line, new: new(), cut_below: true },
            EditDto::Merge { from: a.clone(), into: b.clone() },
            EditDto::Transfer { region: region.clone(), to: a.clone(), from: vec![b.clone()], outer: true },
            EditDto::Reparent { places: vec![a.clone()], to: b.clone() },
            EditDto::Simplify { place: a.clone(), method: "visvalingam".to_owned(), tolerance_m: 5.0 },
            EditDto::Smooth { place: a.clone(), rounds: 2 },
            EditDto::Create {
                new: new(),
                level: "grid".to_owned(),
                parent: Some(a.clone()),
                region,
                from: vec![a.clone()],
                outer: false,
            },
            EditDto::Retire { place: a, to: Some(b) },
        ]
    }

    fn bodies() -> Vec<BodyDto> {
        let (a, b) = (A.to_owned(), B.to_owned());
        let places = BTreeMap::from([(b.clone(), NewPlaceDto { name: "新".to_owned(), kind: Some("estate".to_owned()) })]);
        let operations = [
            OperationDto::Redraw { edits: edits(), places: Some(places) },
            OperationDto::Describe { place: a.clone(), name: Some("甲".to_owned()), kind: Some("scenic".to_owned()) },
            OperationDto::Appoint { place: a.clone(), person: Some(b.clone()) },
            OperationDto::Lock { lock: LockDto::Border { a: a.clone(), b: b.clone() } },
            OperationDto::Unlock { lock: LockDto::Household { household: a.clone() } },
            OperationDto::Lock { lock: LockDto::Place { place: b } },
        ];
        let mut bodies: Vec<_> = operations.map(BodyDto::Operate).into();
        bodies.extend([
            BodyDto::Undo,
            BodyDto::Redo,
            BodyDto::Go { to: 3 },
            BodyDto::Snapshot { name: "甲".to_owned() },
            BodyDto::Comment { text: "乙".to_owned(), at: Some([110.5, 29.3]), place: Some(a) },
            BodyDto::Rename { name: "丙".to_owned() },
            BodyDto::Rebase { base: 4, from: 3, dropped: vec![2] },
            BodyDto::Submit,
            BodyDto::Approve,
            BodyDto::Return,
            BodyDto::Schedule { valid_from: "2026-03-01".parse().unwrap(), note: String::new() },
            BodyDto::Publish { version: 4, valid_from: "2026-03-01".parse().unwrap() },
            BodyDto::Withdraw,
            BodyDto::Resume,
            BodyDto::Share { token_hash: "00".to_owned() },
            BodyDto::Unshare,
        ]);
        bodies
    }

    /// Whatever the document describes is understood, and nothing of it is lost.
    #[test]
    fn the_document_says_what_the_plan_reads() {
        for dto in bodies() {
            let described = serde_json::to_value(&dto).unwrap();
            let read: Body = serde_json::from_value(described.clone()).unwrap_or_else(|error| panic!("{error}: {described}"));
            assert_eq!(serde_json::to_value(&read).unwrap(), described);
        }
    }
}
