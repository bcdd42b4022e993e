//! Persons, and the posts that they hold.

use crate::{place::Id, vocabulary::vocabulary};
use chrono::NaiveDate;

vocabulary! {
    /// What a post is for.
    Role, "role" {
        Leader => "leader", "网格长", "leader";
        Worker => "worker", "网格员", "grid worker";
        GroupHead => "group_head", "党小组长", "group head";
        Mediator => "mediator", "调解员", "mediator";
        Volunteer => "volunteer", "志愿者", "volunteer";
        Keeper => "keeper", "管理员", "keeper";
        Centre => "centre", "网格中心", "grid centre";
        Station => "station", "站所", "station";
    }
}

/// A person of the talent pool. `contact` is private: it is stored apart and leaves only through the disclosure policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub id: Id,
    /// The key that the source file knows them by.
    pub source: String,
    pub contact: Option<Contact>,
}

/// What identifies a person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contact {
    pub name: Option<String>,
    pub phone: Option<String>,
    /// Of a household.
    pub address: Option<String>,
}

/// A person at a place in a role, from a day (inclusive) to a day (exclusive).
#[derive(Clone, Debug, PartialEq)]
pub struct Post {
    pub id: Id,
    pub source: String,
    pub person: Id,
    pub role: Role,
    /// A village, grid, micro-grid or square; `None` for the whole area (centre, stations).
    pub place: Option<Id>,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
}

impl Post {
    /// Whether the post is held on `day`.
    #[must_use]
    pub fn is_held(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }
}
