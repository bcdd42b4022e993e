//! Each edit by itself, on a lattice of sixteen micro-grids in four grids of one village.

use super::{
    Broken, BrokenRule, Change, Edit, EditError, Line, New, Partition, PlaceKey, Position, Region, Simplification,
    fuzz::lattice,
};
use crate::{
    geometry::LonLat,
    place::{Id, Level},
};

fn id(level: Level, x: usize, y: usize) -> Id {
    Id::derived("lattice", &format!("{level} {x} {y}"))
}

fn grid(x: usize, y: usize) -> Id {
    id(Level::Grid, x, y)
}

fn micro(x: usize, y: usize) -> Id {
    id(Level::MicroGrid, x, y)
}

fn new() -> New {
    New { id: Id::derived("edit", "new") }
}

/// A position in squares from the south-west corner.
fn at(x: f64, y: f64) -> Position {
    [110.5 + x * 0.002, 29.3 + y * 0.002]
}

fn rectangle(west: f64, south: f64, east: f64, north: f64) -> Region {
    Region(vec![vec![vec![at(west, south), at(east, south), at(east, north), at(west, north)]]])
}

fn first() -> Partition {
    lattice(4, 5)
}

fn key(partition: &Partition, id: Id) -> PlaceKey {
    partition.key(id).unwrap()
}

fn area(partition: &Partition, id: Id) -> f64 {
    partition.area_m2(key(partition, id))
}

fn at_place(partition: &Partition, x: f64, y: f64, level: Level) -> Option<Id> {
    let [lon, lat] = at(x, y);
    let found = partition.locate(LonLat::from_degrees(lon, lat).unwrap())?;
    Some(partition.place(partition.at_level(found, level)?)?.id)
}

/// Performs an edit that must succeed, checks everything, and that the way back is exact.
fn done(partition: &mut Partition, edit: &Edit) -> Change {
    let before = partition.clone();
    let change = partition.perform(edit).unwrap_or_else(|error| panic!("{edit:?}: {error}"));
    assert_eq!(partition.check(), Ok(()));
    let mut back = partition.clone();
    back.apply(&change.inverse()).unwrap();
    assert!(back.arcs().eq(before.arcs()) && back.places().eq(before.places()));
    // A log keeps edits as JSON: read back it does the same.
    let text = serde_json::to_string(edit).unwrap();
    let mut replayed = before;
    assert_eq!(replayed.perform(&serde_json::from_str(&text).unwrap()), Ok(change.clone()), "{text}");
    change
}

/// Performs an edit that must be refused, and leave everything as it is.
fn refused(partition: &mut Partition, edit: &Edit) -> EditError {
    let before = partition.clone();
    let error = partition.perform(edit).unwrap_err();
    assert!(partition.arcs().eq(before.arcs()) && partition.places().eq(before.places()));
    error
}

/// An inner vertex of a border that is neither a node nor outside.
fn inner_vertex(partition: &Partition) -> Position {
    let arc = partition.arcs().find(|(_, arc)| !arc.is_outer() && arc.line.len() > 3).unwrap().1;
    [arc.line[2].x, arc.line[2].y]
}

#[test]
fn a_moved_vertex_takes_both_neighbours_along() {
    let mut partition = first();
    let from = inner_vertex(&partition);
    let to = super::edit::rounded([from[0] + 1e-5, from[1] + 2e-5]);
    let change = done(&mut partition, &Edit::MoveVertex { from, to, outer: false });
    assert_eq!((change.removed.len(), change.added.len()), (1, 1));
    assert_eq!(change.removed[0].0, change.added[0].0);
    let (left, right) = (change.added[0].1.left, change.added[0].1.right);
    for key in [left, right].into_iter().flatten() {
        let shape = partition.shape(key);
        let has = |[x, y]: Position| shape.0[0].exterior().0.contains(&geo::Coord { x, y });
        assert!(has(to) && !has(from));
    }
    assert!(change.boxes().iter().all(|bounds| bounds.contains(LonLat::from_degrees(to[0], to[1]).unwrap())));
    let far = [from[0] + 0.01, from[1]];
    assert!(matches!(
        refused(&mut partition, &Edit::MoveVertex { from: to, to: far, outer: false }),
        EditError::Crossing { .. }
    ));
    let nowhere = Edit::MoveVertex { from: at(1.5, 1.5), to, outer: false };
    assert!(matches!(refused(&mut partition, &nowhere), EditError::NoVertex { .. }));
    let no_position = Edit::MoveVertex { from: to, to: [f64::NAN, 0.0], outer: false };
    assert!(matches!(refused(&mut partition, &no_position), EditError::Position(_)));
}

#[test]
fn the_outer_border_moves_only_if_told() {
    let mut partition = first();
    let arc = partition.arcs().find(|(_, arc)| arc.is_outer()).unwrap().1;
    let from = [arc.line[1].x, arc.line[1].y];
    let to = [from[0] + 1e-5, from[1] - 1e-5];
    let edit = |outer| Edit::MoveVertex { from, to, outer };
    assert!(matches!(refused(&mut partition, &edit(false)), EditError::Outer { .. }));
    done(&mut partition, &edit(true));
}

#[test]
fn vertices_come_and_go() {
    let mut partition = first();
    let from = inner_vertex(&partition);
    let to = super::edit::rounded(from);
    done(&mut partition, &Edit::MoveVertex { from, to, outer: false });
    let from = inner_vertex(&partition);
    let before = partition.clone();
    done(&mut partition, &Edit::DeleteVertex { at: from, outer: false });
    assert!(!partition.arcs().eq(before.arcs()));
    done(&mut partition, &Edit::InsertVertex { on: from, to: from, outer: false });
    assert!(partition.arcs().eq(before.arcs()));
    let near = LonLat::from_degrees(from[0] + 1e-6, from[1]).unwrap();
    let handle = partition.vertex_near(near, 1.0).unwrap();
    assert!(handle.is_vertex && !handle.is_node && (handle.at.lon(), handle.at.lat()) == (from[0], from[1]));
    assert!((handle.distance_m - 0.097).abs() < 0.001, "{}", handle.distance_m);
    let node = partition.arcs().find(|(_, arc)| !arc.is_outer()).unwrap().1.line[0];
    let node = Edit::DeleteVertex { at: [node.x, node.y], outer: true };
    assert!(matches!(refused(&mut partition, &node), EditError::Node { borders: 3 | 4, .. }));
}

#[test]
fn what_is_right_of_the_line_is_the_new_place() {
    let mut partition = first();
    let whole = area(&partition, micro(1, 1));
    // Northward, so east is right; its ends lie within and are drawn on.
    let line = Line(vec![at(1.5, 1.3), at(1.55, 1.5), at(1.5, 1.7)]);
    done(&mut partition, &Edit::Split { place: micro(1, 1), line: line.clone(), new: new(), cut_below: false });
    assert_eq!(at_place(&partition, 1.7, 1.5, Level::MicroGrid), Some(new().id));
    assert_eq!(at_place(&partition, 1.3, 1.5, Level::MicroGrid), Some(micro(1, 1)));
    assert_eq!(at_place(&partition, 1.7, 1.5, Level::Grid), Some(grid(0, 0)));
    let sum = area(&partition, micro(1, 1)) + area(&partition, new().id);
    assert!((sum / whole - 1.0).abs() < 1e-12);
    let again = Edit::Split { place: micro(0, 0), line: line.clone(), new: new(), cut_below: false };
    assert_eq!(refused(&mut partition, &again), EditError::KnownPlace(new().id));
    let other = New { id: Id::derived("edit", "other") };
    let beside = Edit::Split { place: micro(0, 0), line, new: other, cut_below: false };
    assert!(matches!(refused(&mut partition, &beside), EditError::DoesNotCut { .. }));
}

#[test]
fn parts_go_whole_or_are_cut() {
    let line = Line(vec![at(-0.5, 0.6), at(2.5, 0.7)]);
    // Eastward: south is right, and holds most of the two southern micro-grids, which then go as they are.
    let mut partition = first();
    let change = done(&mut partition, &Edit::Split { place: grid(0, 0), line: line.clone(), new: new(), cut_below: false });
    assert!(change.removed.is_empty() && change.added.is_empty());
    let children = |partition: &Partition, id: Id| {
        let mut ids: Vec<Id> =
            partition.children(key(partition, id)).into_iter().map(|it| partition.place(it).unwrap().id).collect();
        ids.sort_unstable();
        ids
    };
    let sorted = |mut ids: Vec<Id>| {
        ids.sort_unstable();
        ids
    };
    assert_eq!(children(&partition, new().id), sorted(vec![micro(0, 0), micro(1, 0)]));
    assert_eq!(children(&partition, grid(0, 0)), sorted(vec![micro(0, 1), micro(1, 1)]));
    let mut partition = first();
    let whole = area(&partition, grid(0, 0));
    done(&mut partition, &Edit::Split { place: grid(0, 0), line, new: new(), cut_below: true });
    let derived = |part: Id| Id::derived(&new().id.to_string(), &part.to_string());
    assert_eq!(children(&partition, new().id), sorted(vec![derived(micro(0, 0)), derived(micro(1, 0))]));
    assert_eq!(children(&partition, grid(0, 0)).len(), 4);
    assert_eq!(at_place(&partition, 0.5, 0.3, Level::Grid), Some(new().id));
    assert_eq!(at_place(&partition, 0.5, 0.85, Level::MicroGrid), Some(micro(0, 0)));
    assert!(((area(&partition, grid(0, 0)) + area(&partition, new().id)) / whole - 1.0).abs() < 1e-12);
}

#[test]
fn a_merge_takes_the_parts_along() {
    let mut partition = first();
    let sum = area(&partition, grid(0, 0)) + area(&partition, grid(1, 0));
    done(&mut partition, &Edit::Merge { from: grid(1, 0), into: grid(0, 0) });
    assert!((area(&partition, grid(0, 0)) / sum - 1.0).abs() < 1e-12);
    assert_eq!(partition.children(key(&partition, grid(0, 0))).len(), 8);
    assert_eq!(partition.key(grid(1, 0)), None);
    let change = done(&mut partition, &Edit::Merge { from: micro(0, 0), into: micro(1, 0) });
    assert_eq!(change.places.len(), 1);
    assert_eq!(change.relabelled.len(), 1);
    assert_eq!(at_place(&partition, 0.5, 0.5, Level::MicroGrid), Some(micro(1, 0)));
    assert!(matches!(refused(&mut partition, &Edit::Merge { from: micro(1, 0), into: grid(0, 0) }), EditError::Levels { .. }));
    assert!(matches!(refused(&mut partition, &Edit::Merge { from: grid(0, 1), into: grid(0, 1) }), EditError::Itself(_)));
    // The neighbour in the same grid has the longest border.
    done(&mut partition, &Edit::Retire { place: micro(0, 3), to: None });
    assert!(matches!(at_place(&partition, 0.5, 3.5, Level::MicroGrid), Some(it) if [micro(1, 3), micro(0, 2)].contains(&it)));
}

#[test]
fn an_area_goes_over_with_its_whole_parts() {
    let mut partition = first();
    let total = area(&partition, id(Level::Village, 0, 0));
    // All of the micro-grid (2, 1), and the eastern rim of (1, 0) … from the grid's own side nothing.
    let region = rectangle(1.7, 0.0, 2.5, 2.2);
    done(&mut partition, &Edit::Transfer { region, to: grid(1, 0), from: vec![grid(0, 0)], outer: false });
    assert_eq!(at_place(&partition, 1.85, 0.5, Level::Grid), Some(grid(1, 0)));
    assert_eq!(at_place(&partition, 1.85, 2.1, Level::Grid), Some(grid(0, 1)));
    // One stretch of ground joins one part.
    let joined = at_place(&partition, 1.85, 0.5, Level::MicroGrid);
    assert_eq!(joined, at_place(&partition, 1.85, 1.5, Level::MicroGrid));
    assert!([Some(micro(2, 0)), Some(micro(2, 1))].contains(&joined));
    let whole = rectangle(0.85, 0.8, 2.2, 2.2);
    done(&mut partition, &Edit::Transfer { region: whole, to: grid(0, 1), from: vec![micro(1, 1)], outer: false });
    assert_eq!(partition.place(key(&partition, micro(1, 1))).unwrap().parent, partition.key(grid(0, 1)));
    assert!((area(&partition, id(Level::Village, 0, 0)) / total - 1.0).abs() < 1e-12);
    let everything = Edit::Transfer { region: rectangle(-1.0, -1.0, 5.0, 5.0), to: grid(0, 0), from: vec![], outer: false };
    assert!(matches!(refused(&mut partition, &everything), EditError::Vanishes(_)));
    let nothing = Edit::Transfer { region: rectangle(0.3, 0.3, 0.6, 0.6), to: grid(0, 0), from: vec![], outer: false };
    assert_eq!(refused(&mut partition, &nothing), EditError::Nothing);
}

#[test]
fn ground_beyond_the_outer_border_is_taken_only_if_told() {
    let region = rectangle(-0.5, 0.3, 0.2, 0.7);
    let edit = |outer| Edit::Transfer { region: region.clone(), to: micro(0, 0), from: vec![], outer };
    let mut partition = first();
    assert_eq!(refused(&mut partition, &edit(false)), EditError::Nothing);
    let before = area(&partition, id(Level::Village, 0, 0));
    done(&mut partition, &edit(true));
    assert!(area(&partition, id(Level::Village, 0, 0)) > before);
    assert_eq!(at_place(&partition, -0.3, 0.5, Level::MicroGrid), Some(micro(0, 0)));
}

#[test]
fn a_redrawn_border_swaps_what_is_between() {
    let mut partition = first();
    // From (2, 0.2) to (2, 1.8): first into the west, then into the east.
    let line = Line(vec![at(2.0, 0.2), at(1.8, 0.5), at(2.2, 1.4), at(2.0, 1.8)]);
    let change = done(&mut partition, &Edit::Redraw { a: grid(0, 0), b: grid(1, 0), line });
    assert_eq!(at_place(&partition, 1.87, 0.5, Level::Grid), Some(grid(1, 0)));
    assert_eq!(at_place(&partition, 2.13, 1.4, Level::Grid), Some(grid(0, 0)));
    assert!(change.touched().len() >= 4);
    let apart = Edit::Redraw { a: grid(0, 0), b: grid(1, 1), line: Line(vec![at(0.5, 0.5), at(3.5, 3.5)]) };
    assert!(matches!(refused(&mut partition, &apart), EditError::NoCommonBorder { .. }));
}

#[test]
fn places_are_made_and_given_away() {
    let mut partition = first();
    let create = Edit::Create {
        new: new(),
        level: Level::Grid,
        parent: Some(id(Level::Village, 0, 0)),
        region: rectangle(1.4, 1.4, 2.6, 2.6),
        from: Vec::new(),
        outer: false,
    };
    done(&mut partition, &create);
    assert_eq!(at_place(&partition, 2.0, 2.0, Level::Grid), Some(new().id));
    assert_eq!(partition.neighbours(key(&partition, new().id)).len(), 4);
    let orphan = Edit::Create {
        new: New { id: Id::derived("edit", "orphan") },
        level: Level::MicroGrid,
        parent: Some(id(Level::Village, 0, 0)),
        region: rectangle(0.1, 0.1, 0.2, 0.2),
        from: Vec::new(),
        outer: false,
    };
    assert!(matches!(refused(&mut partition, &orphan), EditError::Parent { .. }));
    done(&mut partition, &Edit::Reparent { places: vec![micro(0, 0)], to: grid(1, 0) });
    assert_eq!(partition.parts(key(&partition, grid(1, 0))), 2);
    // An island in another: a hole there.
    let lake = Edit::Create {
        new: New { id: Id::derived("edit", "lake") },
        level: Level::MicroGrid,
        parent: Some(grid(1, 1)),
        region: rectangle(3.3, 3.3, 3.6, 3.6),
        from: Vec::new(),
        outer: false,
    };
    done(&mut partition, &lake);
    assert_eq!(partition.shape(key(&partition, micro(3, 3))).0[0].interiors().len(), 1);
    done(&mut partition, &Edit::Retire { place: Id::derived("edit", "lake"), to: None });
    assert_eq!(partition.shape(key(&partition, micro(3, 3))).0[0].interiors().len(), 0);
}

#[test]
fn borders_get_simpler_and_smoother_between_the_same_nodes() {
    let mut partition = first();
    let vertices = |partition: &Partition| partition.arcs().map(|(_, arc)| arc.line.len()).sum::<usize>();
    let before = vertices(&partition);
    let outer: Vec<_> = partition.arcs().filter(|(_, arc)| arc.is_outer()).map(|(id, arc)| (id, arc.clone())).collect();
    done(&mut partition, &Edit::Smooth { place: grid(0, 0), rounds: 2 });
    let smooth = vertices(&partition);
    assert!(smooth > before);
    for method in [Simplification::DouglasPeucker, Simplification::Visvalingam] {
        let mut simple = partition.clone();
        done(&mut simple, &Edit::Simplify { place: grid(0, 0), method, tolerance_m: 20.0 });
        assert!(vertices(&simple) < smooth);
        let same: Vec<_> = simple.arcs().filter(|(_, arc)| arc.is_outer()).map(|(id, arc)| (id, arc.clone())).collect();
        assert_eq!(same, outer);
    }
    let wrong = Edit::Simplify { place: grid(0, 0), method: Simplification::DouglasPeucker, tolerance_m: -1.0 };
    assert!(matches!(refused(&mut partition, &wrong), EditError::Parameter { .. }));
}

#[test]
fn a_proposal_changes_nothing() {
    let mut partition = first();
    let before = partition.clone();
    let edit = Edit::Merge { from: grid(1, 0), into: grid(0, 0) };
    let proposed = partition.propose(&edit).unwrap();
    assert!(partition.arcs().eq(before.arcs()) && partition.places().eq(before.places()));
    assert_eq!(partition.perform(&edit), Ok(proposed.clone()));
    assert_eq!(partition.apply(&proposed), Err(EditError::OutOfOrder));
}

#[test]
fn two_changes_as_one() {
    let mut partition = first();
    let before = partition.clone();
    let one = partition.perform(&Edit::Merge { from: micro(0, 0), into: micro(1, 0) }).unwrap();
    let line = Line(vec![at(0.4, -0.5), at(0.4, 1.5)]);
    let two = partition.perform(&Edit::Split { place: micro(1, 0), line, new: new(), cut_below: false }).unwrap();
    let both = one.then(two);
    let mut again = before.clone();
    again.apply(&both).unwrap();
    assert!(again.arcs().eq(partition.arcs()) && again.places().eq(partition.places()));
    again.apply(&both.inverse()).unwrap();
    assert!(again.arcs().eq(before.arcs()));
}

/// The rule that a partition breaks after arcs were spoilt behind its back.
fn broken_by(spoil: impl Fn(&mut Vec<super::Arc>)) -> Option<BrokenRule> {
    let partition = first();
    let mut arcs: Vec<super::Arc> = partition.arcs().map(|(_, arc)| arc.clone()).collect();
    spoil(&mut arcs);
    let places = partition.places().map(|(_, place)| *place).collect();
    let spoilt = Partition { store: super::store::Store::new(places, arcs) };
    spoilt.check().err().map(|Broken { what, .. }| what)
}

#[test]
fn the_check_sees_each_kind_of_break() {
    assert_eq!(broken_by(|_| ()), None);
    assert_eq!(broken_by(|arcs| arcs[0].left = arcs[0].right), Some(BrokenRule::Divides));
    assert_eq!(broken_by(|arcs| drop(arcs.remove(0))), Some(BrokenRule::Sectors));
    assert_eq!(broken_by(|arcs| arcs[0].line[1].x = f64::NAN), Some(BrokenRule::Form));
    assert_eq!(broken_by(|arcs| arcs[0].line[1].x += 0.01), Some(BrokenRule::Contact));
    let swap = |arc: &mut super::Arc| std::mem::swap(&mut arc.left, &mut arc.right);
    assert_eq!(broken_by(|arcs| swap(&mut arcs[0])), Some(BrokenRule::Sectors));
    let cut = |arcs: &mut Vec<super::Arc>| {
        let line = arcs[0].line.split_off(2);
        let first = arcs[0].line[1];
        arcs.push(super::Arc { line: [vec![first], line].concat(), ..arcs[0].clone() });
    };
    assert_eq!(broken_by(cut), Some(BrokenRule::Joined));
    // An island that says it lies elsewhere: each node agrees, only the ray sees it.
    let island = |elsewhere: bool| {
        move |arcs: &mut Vec<super::Arc>| {
            let inside = PlaceKey(5);
            let outside = arcs.iter().flat_map(|arc| [arc.left, arc.right]).flatten().find(|&it| it != inside);
            let corner = |x: f64, y: f64| geo::Coord { x: at(x, y)[0], y: at(x, y)[1] };
            let line = vec![corner(0.4, 0.4), corner(0.6, 0.4), corner(0.5, 0.6), corner(0.4, 0.4)];
            let here = first().locate(LonLat::from_degrees(at(0.5, 0.5)[0], at(0.5, 0.5)[1]).unwrap());
            let other = arcs.iter().flat_map(|arc| [arc.left, arc.right]).find(|&it| it.is_some() && it != here).flatten();
            let right = if elsewhere { other } else { here };
            let left = arcs.iter().flat_map(|arc| [arc.left, arc.right]).find(|&it| it.is_some() && it != here && it != right);
            arcs.push(super::Arc { line, left: left.flatten().or(outside), right });
        }
    };
    assert_eq!(broken_by(island(false)), None);
    assert_eq!(broken_by(island(true)), Some(BrokenRule::Sectors));
}
