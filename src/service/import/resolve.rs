//! What files call things by → the records that are stored.

use super::Job;
use crate::place::{Boundary, Id, Level};
use std::collections::HashMap;

/// What a file may call a boundary by: its code or id, its name, its aliases.
fn keys_of(boundary: &Boundary) -> [Vec<String>; 3] {
    let code = boundary.code.iter().map(ToString::to_string);
    [code.chain([boundary.id.to_string()]).collect(), vec![boundary.name.clone()], boundary.aliases.clone()]
}

/// Which of `boundaries` a key means: a code goes before a name, and a name before another place's alias. A name or alias of
/// several means none of them.
pub fn by_key(boundaries: &[Boundary]) -> HashMap<String, usize> {
    let keys: Vec<_> = boundaries.iter().map(keys_of).collect();
    let mut found: HashMap<&str, Option<usize>> = HashMap::new();
    for rank in 0..3 {
        let mut of_rank: HashMap<&str, Option<usize>> = HashMap::new();
        for (i, keys) in keys.iter().enumerate() {
            for key in &keys[rank] {
                let meant = of_rank.entry(key).or_insert(Some(i));
                if *meant != Some(i) {
                    *meant = None;
                }
            }
        }
        for (key, meant) in of_rank {
            found.entry(key).or_insert(meant);
        }
    }
    found.into_iter().filter_map(|(key, meant)| Some((key.to_owned(), meant?))).collect()
}

/// Looks places and persons up by whatever files call them.
pub struct Names {
    boundaries: HashMap<(Level, String), Id>,
    /// By level, parent and name: "第一网格" may stand in every village.
    parts: HashMap<(Level, Option<Id>, String), Id>,
    households: HashMap<String, Id>,
    squares: HashMap<String, Id>,
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
        let mut squares: HashMap<_, _> = records.squares.iter().map(|it| (it.name.clone(), it.id)).collect();
        squares.extend(records.squares.iter().flat_map(|it| [(it.source.clone(), it.id), (it.id.to_string(), it.id)]));
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
        self.squares.get(key).copied()
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
