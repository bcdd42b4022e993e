//! What files call things by → the records that are stored.

use super::Job;
use crate::place::{Boundary, Id, Level, Square};
use std::collections::HashMap;

/// What a file may call a place by, the surest first: its code or key and its id, its name, its aliases.
type Keys = [Vec<String>; 3];

fn keys_of(boundary: &Boundary) -> Keys {
    let code = boundary.code.iter().map(ToString::to_string);
    [code.chain([boundary.id.to_string()]).collect(), vec![boundary.name.clone()], boundary.aliases.clone()]
}

fn keys_of_square(square: &Square) -> Keys {
    [vec![square.source.clone(), square.id.to_string()], vec![square.name.clone()], Vec::new()]
}

/// Which of `boundaries` a key means: a code goes before a name, and a name before another place's alias. A name or alias of
/// several means none of them.
pub fn by_key(boundaries: &[Boundary]) -> HashMap<String, usize> {
    meanings(boundaries.iter().map(keys_of)).into_iter().filter_map(|(key, meant)| Some((key, meant?))).collect()
}

/// The place that each key means; `None` where it means several.
fn meanings(places: impl Iterator<Item = Keys>) -> HashMap<String, Option<usize>> {
    let mut of_rank: [HashMap<String, Option<usize>>; 3] = Default::default();
    for (i, keys) in places.enumerate() {
        for (found, keys) in of_rank.iter_mut().zip(keys) {
            for key in keys {
                let meant = found.entry(key).or_insert(Some(i));
                if *meant != Some(i) {
                    *meant = None;
                }
            }
        }
    }
    let [surest, names, aliases] = of_rank;
    let mut found = surest;
    for (key, meant) in names.into_iter().chain(aliases) {
        found.entry(key).or_insert(meant);
    }
    found
}

/// Looks places and persons up by whatever files call them.
pub struct Names {
    boundaries: HashMap<(Level, String), Id>,
    /// By level, parent and name: "第一网格" may stand in every village.
    parts: HashMap<(Level, Option<Id>, String), Id>,
    households: HashMap<String, Id>,
    /// `None` where several are called so.
    squares: HashMap<String, Option<Id>>,
    persons: HashMap<String, Id>,
}

impl Names {
    pub fn of(job: &Job) -> Self {
        let (mut boundaries, mut parts) = (HashMap::new(), HashMap::new());
        for &level in Level::ALL {
            let division = &job.hot.division(level).boundaries;
            let ids = by_key(division).into_iter().filter_map(|(key, i)| Some(((level, key), division.get(i)?.id)));
            boundaries.extend(ids);
            parts.extend(division.iter().map(|it| ((level, it.parent, it.name.clone()), it.id)));
        }
        let records = &job.records;
        let id_of = |meant: usize| records.squares.get(meant).map(|square| square.id);
        let squares = meanings(records.squares.iter().map(keys_of_square));
        let squares = squares.into_iter().map(|(key, meant)| (key, meant.and_then(id_of))).collect();
        Self {
            boundaries,
            parts,
            households: records.households.iter().map(|it| (it.source.clone(), it.id)).collect(),
            squares,
            persons: records.persons.iter().flat_map(|it| [(it.source.clone(), it.id), (it.id.to_string(), it.id)]).collect(),
        }
    }

    pub fn boundary(&self, level: Level, key: &str) -> Option<Id> {
        self.boundaries.get(&(level, key.to_owned())).copied()
    }

    /// The part of `parent` that is called `name`.
    pub fn part(&self, level: Level, parent: Option<Id>, name: &str) -> Option<Id> {
        self.parts.get(&(level, parent, name.to_owned())).copied()
    }

    /// A place that somebody may hold a post at; the smallest of that name.
    pub fn place(&self, key: &str) -> Option<Id> {
        let levels = [Level::MicroGrid, Level::Grid, Level::Village];
        levels.into_iter().find_map(|level| self.boundary(level, key)).or_else(|| self.square(key))
    }

    pub fn household(&self, key: &str) -> Option<Id> {
        self.households.get(key).copied()
    }

    pub fn square(&self, key: &str) -> Option<Id> {
        self.squares.get(key).copied().flatten()
    }

    /// `key` as the report names it where it means nothing.
    pub fn unknown(&self, what: &str, key: &str) -> String {
        let several = self.squares.get(key).is_some_and(Option::is_none);
        format!("{what} {key:?}{}", if several { ": several squares are called so, name it by its key" } else { "" })
    }

    pub fn person(&self, key: &str) -> Option<Id> {
        self.persons.get(key).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::{Code, CodeScheme};

    fn place(code: Option<&str>, name: &str, aliases: &[&str]) -> Boundary {
        Boundary {
            id: Id::new(),
            level: Level::Village,
            parent: None,
            code: code.map(|code| Code::parse(CodeScheme::Free, Level::Village, code).unwrap()),
            name: name.to_owned(),
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            kind: None,
            shape: geo::MultiPolygon(vec![]),
            area_m2: 0.0,
        }
    }

    #[test]
    fn a_code_goes_before_a_name_and_a_name_before_an_alias() {
        let places = [
            place(Some("乙"), "甲村", &["乙村", "旧"]),
            place(None, "乙村", &["旧"]),
            place(None, "乙", &[]),
            place(None, "同", &[]),
            place(None, "同", &[]),
        ];
        let found = by_key(&places);
        assert_eq!((found.get("乙"), found.get("乙村"), found.get("甲村")), (Some(&0), Some(&1), Some(&0)));
        assert_eq!((found.get("旧"), found.get("同")), (None, None), "what two places are called means neither");
    }
}
