//! Wangge (网格): boundaries, grids and squares as polygons; households and reports assigned to them; coverage, workload and
//! response times computed from them; all of it on a map.
//!
//! ```text
//! bytes ─ intake ─▶ records ─ assign ─▶ assignments ─ store ─▶ frames ─ analytics ─▶ map, charts, exports
//! ```
//!
//! | the field says | here |
//! |---|---|
//! | village, grid, micro-grid | [`place::Boundary`] at a [`place::Level`] |
//! | square and its seven facilities | [`place::Square`], [`place::Facility`] |
//! | report, and its way to the resident | [`case::Case`], [`case::CaseEvent`] |
//! | monthly visit, activity, patrol | [`round::Fulfilment`] |
//! | grid leader, worker | [`people::Post`] of a [`people::Person`] |
//!
//! ARCHITECTURE.md says which room may use which.

pub mod analytics;
pub mod assign;
pub mod case;
pub mod cli;
pub mod disclosure;
pub mod districting;
pub mod export;
pub mod geometry;
pub mod http;
pub mod intake;
pub mod layer;
pub mod partition;
pub mod people;
pub mod place;
pub mod plan;
pub mod round;
pub mod service;
pub mod spatial;
pub mod store;
pub mod table;
#[cfg(feature = "testing")]
pub mod testing;
pub mod vocabulary;
