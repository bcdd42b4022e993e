//! Columns of times that tell of transitions: a column a stage.

use super::mapping::{FieldSpec, Mapping};
use crate::{case::State, layer::Layer, table::Table};

/// What a column of times is called besides its state: "派遣时间", `dispatched_at`.
const ENDINGS: &[&str] = &["时间", "日期", "_at", " at", "_time", " time"];

/// The stages of a file by the word of their transition: those of the mapping; without any, in a file of events that has no
/// column for the transition (`told`), the columns that are called like a state.
pub fn specs(table: &Table, mapping: &Mapping, layer: Layer, told: bool) -> Vec<(String, FieldSpec)> {
    if !mapping.stages.is_empty() || layer != Layer::CaseEvents || told {
        return mapping.stages.iter().map(|(name, spec)| (name.clone(), spec.clone())).collect();
    }
    let mut specs: Vec<(String, FieldSpec)> = Vec::new();
    for column in &table.columns {
        let Some(state) = state(column) else { continue };
        // Two columns for one state tell nothing; they stay unused, and the report says so.
        if specs.iter().all(|(known, _)| known != state.word()) && table.columns_called(column).count() == 1 {
            specs.push((state.word().to_owned(), FieldSpec::column(column)));
        }
    }
    specs
}

fn state(column: &str) -> Option<State> {
    let column = column.trim();
    let bare = ENDINGS.iter().find_map(|ending| column.strip_suffix(ending)).unwrap_or(column);
    column.parse().or_else(|_| bare.parse()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_called_like_states_in_many_ways() {
        let names = ["dispatched", "dispatched_at", "已派遣", "派遣时间", " 结案日期", "Feedback sent time"];
        let states = names.map(|name| state(name).map(State::word));
        let wanted = ["dispatched", "dispatched", "dispatched", "dispatched", "closed", "feedback_sent"].map(Some);
        assert_eq!(states, wanted);
        // Whose report the time is of, the resident's or the leader's, the word does not say.
        assert_eq!(["上报时间", "备注", "时间"].map(state), [None; 3]);
    }
}
