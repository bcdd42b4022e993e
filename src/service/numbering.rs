//! The codes that places get when they are first numbered.

use super::placing::centre;
use crate::place::{Boundary, Code, CodeScheme, Id, Level, reading_order};
use std::collections::{HashMap, HashSet};

/// Gives a code to each boundary without one, as far as the scheme has one for it.
///
/// Under cn-grid-15: within its village (or grid), from north to south and west to east, with numbers that nobody ever had (`used`).
/// Under the free scheme (`scheme` is the area's) the name, where it names one place only: districts are called "1" or
/// "NORTHRIDGE". `code_of`: the code of the place above.
pub fn first_codes(
    scheme: CodeScheme,
    level: Level,
    boundaries: &mut [Boundary],
    code_of: impl Fn(Id) -> Option<Code>,
    mut used: HashSet<String>,
) {
    used.extend(boundaries.iter().filter_map(|it| it.code.as_ref()).map(ToString::to_string));
    let above = |parent: Option<Id>| code_of(parent?).filter(|code| code.scheme() == CodeScheme::CnGrid15);
    let names: Vec<String> = boundaries.iter().map(|it| it.name.clone()).collect();
    let mut by_parent: HashMap<Id, Vec<usize>> = HashMap::new();
    for (i, boundary) in boundaries.iter_mut().enumerate().filter(|(_, it)| it.code.is_none()) {
        let alone = names.iter().filter(|name| **name == boundary.name).count() == 1;
        if above(boundary.parent).is_some() {
            by_parent.entry(boundary.parent.unwrap_or_default()).or_default().push(i);
        } else if scheme == CodeScheme::Free && alone && !used.contains(&boundary.name) {
            boundary.code = Code::parse(CodeScheme::Free, level, &boundary.name).ok();
        }
    }
    for (parent, members) in by_parent {
        let Some(code) = above(Some(parent)) else { continue };
        let placed = members.iter().filter_map(|&i| Some((i, centre(&boundaries[i].shape)?)));
        let (members, centres): (Vec<_>, Vec<_>) = placed.unzip();
        let serials = (1..=999).filter_map(|serial| code.child(level, serial).ok());
        let mut serials = serials.filter(|it| !used.contains(it.as_str()));
        for position in reading_order(&centres) {
            if let (Some(&i), Some(next)) = (members.get(position), serials.next()) {
                boundaries[i].code = Some(next);
            }
        }
    }
}
