//! Graphs of atoms divided into connected, balanced parts: the engine behind `wangge districting` and the planner's balancing.
//!
//! An atom is what is not divided further: a household, a building, a micro-grid, a census unit. Atoms have loads (persons, work,
//! anything that adds up), edges say which ones touch, a [`Division`] puts each into one part. Nothing here knows of places or
//! reference systems; positions, where there are any, are in a plane.
//!
//! | to | use |
//! |---|---|
//! | read a graph file | [`GraphFile`] |
//! | find the best division within bounds | [`solve`] |
//! | count all divisions, with the exact front | [`census`], [`count`] |
//! | figures of a division, two divisions compared | [`score`], [`compare`] |
//! | know what no division can beat | [`lower_bound`] |
//! | sample divisions | [`recom::Chain`] |
//! | improve a division and see all its trade-offs | [`balance`] |
//!
//! # Files
//!
//! A graph is a JSON object. Other fields are allowed and ignored.
//!
//! | field | holds |
//! |---|---|
//! | `pop` | the population of each atom: numbers, not negative; atoms are numbered from 0 in this order |
//! | `edges` | which atoms touch: `[a, b]` or `[a, b, weight]`, each pair once; a weight is usually the length of the shared border |
//! | `n` | optional: the number of atoms, as a check |
//! | `k`, `L`, `U` | optional: how many parts, and the least and largest population of a part |
//! | `xy` | optional: the position `[x, y]` of each atom |
//! | `name` | optional |
//!
//! A `GeoJSON` `FeatureCollection` is read too if its features have the properties `pop` and `adj` (the places of the neighbours
//! among the features, from 0); its other properties with whole numbers or texts can be named as plans.
//!
//! A plan is a JSON list with the part of each atom, a whole number or a text, or an object with such a list as `plan`.

mod anneal;
pub mod balance;
mod bound;
mod branch;
mod budget;
mod census;
mod compare;
mod division;
mod file;
mod graph;
pub mod recom;
#[cfg(test)]
mod sample;
mod seed;
mod solve;
mod state;
mod tree;

pub use bound::{Bound, BoundReason, WindowGap, lower_bound};
pub use branch::MOST_ENUMERATED;
pub use budget::{Budget, Limit, OnProgress, Progress};
pub use census::{Census, CensusError, FrontPoint, Within, census, count};
pub use compare::{Comparison, Score, compare, score};
pub use division::{Division, DivisionError};
pub use file::{FileError, GraphFile};
pub use graph::{Arc, Graph, GraphError, MOST_ATOMS, MOST_EDGES, MOST_KINDS};
pub use solve::{Minimise, Solution, SolveError, Task, solve};
pub use tree::TreeKind;
