//! What a file does not speak of stays as it is stored: a list of telephone numbers must not take the households' places away.
//! An empty cell in a column that is there does clear.

use crate::{
    case::{Case, CaseText},
    intake::{
        DeviceDraft, FacilityDraft, FulfilmentDraft, HouseholdDraft, IntakeReport, PersonDraft, PostDraft, ReportDraft,
        SquareDraft,
    },
    people::{Contact, Person, Post},
    place::{Device, Facility, Household, Square},
    round::Fulfilment,
};
use std::collections::{HashMap, HashSet};

/// The fields that a file has.
pub struct Said(HashSet<String>);

impl Said {
    pub fn of(report: &IntakeReport) -> Self {
        Self(report.columns.iter().map(|it| it.field.clone()).collect())
    }

    pub fn has(&self, field: &str) -> bool {
        self.0.contains(field)
    }

    /// Whether the file says anything about whom a record belongs to.
    pub fn has_contact(&self) -> bool {
        ["name", "phone", "address"].iter().any(|field| self.has(field))
    }

    /// Whether the file says anything of what a report says.
    pub fn has_text(&self) -> bool {
        ["text", "reporter", "phone", "address"].iter().any(|field| self.has(field))
    }

    fn keep<T: Clone>(&self, field: &str, slot: &mut T, stored: &T) {
        if !self.has(field) {
            slot.clone_from(stored);
        }
    }
}

/// A record as a file gives it, beside the one that is stored under the same key.
pub trait Keeps {
    type Stored;

    fn key(&self) -> &str;
    fn stored_key(stored: &Self::Stored) -> &str;
    fn keep(&mut self, said: &Said, stored: &Self::Stored);
}

/// Fills each draft with what is stored of the fields that its file does not have.
pub fn keep<D: Keeps>(drafts: &mut [D], report: &IntakeReport, stored: &[D::Stored]) {
    let said = Said::of(report);
    let by_key: HashMap<&str, &D::Stored> = stored.iter().map(|it| (D::stored_key(it), it)).collect();
    for draft in drafts {
        if let Some(stored) = by_key.get(draft.key()).copied() {
            draft.keep(&said, stored);
        }
    }
}

/// As [`keep`], for the names behind a household or person.
pub fn keep_contact(draft: &mut Contact, said: &Said, stored: &Contact) {
    said.keep("name", &mut draft.name, &stored.name);
    said.keep("phone", &mut draft.phone, &stored.phone);
    said.keep("address", &mut draft.address, &stored.address);
}

/// As [`keep`], for what a report says.
pub fn keep_text(draft: &mut CaseText, said: &Said, stored: &CaseText) {
    said.keep("text", &mut draft.text, &stored.text);
    said.keep("reporter", &mut draft.reporter, &stored.reporter);
    said.keep("phone", &mut draft.phone, &stored.phone);
    said.keep("address", &mut draft.address, &stored.address);
}

macro_rules! keeps {
    ($draft:ty, $stored:ty, |$d:ident, $said:ident, $s:ident| $body:block) => {
        impl Keeps for $draft {
            type Stored = $stored;

            fn key(&self) -> &str {
                &self.source
            }

            fn stored_key(stored: &$stored) -> &str {
                &stored.source
            }

            fn keep(&mut self, $said: &Said, $s: &$stored) {
                let $d = self;
                $body
            }
        }
    };
}

keeps!(HouseholdDraft, Household, |draft, said, stored| {
    said.keep("position", &mut draft.location, &stored.location);
    said.keep("persons", &mut draft.persons, &Some(stored.persons));
    said.keep("lived_in_from", &mut draft.lived_in_from, &Some(stored.lived_in_from));
    said.keep("lived_in_to", &mut draft.lived_in_to, &stored.lived_in_to);
});

keeps!(SquareDraft, Square, |draft, said, stored| {
    said.keep("name", &mut draft.name, &stored.name);
    said.keep("evacuation_site", &mut draft.evacuation_site, &stored.evacuation_site);
    said.keep("valid_from", &mut draft.valid_from, &Some(stored.valid_from));
    said.keep("valid_to", &mut draft.valid_to, &stored.valid_to);
});

keeps!(FacilityDraft, Facility, |draft, said, stored| {
    said.keep("position", &mut draft.location, &stored.location);
    said.keep("status", &mut draft.status, &stored.status);
    said.keep("valid_from", &mut draft.valid_from, &Some(stored.valid_from));
    said.keep("valid_to", &mut draft.valid_to, &stored.valid_to);
});

keeps!(DeviceDraft, Device, |draft, said, stored| {
    said.keep("position", &mut draft.location, &stored.location);
    said.keep("status", &mut draft.status, &stored.status);
    said.keep("last_seen", &mut draft.last_seen, &stored.last_seen);
    said.keep("valid_from", &mut draft.valid_from, &Some(stored.valid_from));
    said.keep("valid_to", &mut draft.valid_to, &stored.valid_to);
});

keeps!(PersonDraft, Person, |draft, said, stored| {
    keep_contact(&mut draft.contact, said, &stored.contact.clone().unwrap_or_default());
});

keeps!(PostDraft, Post, |draft, said, stored| {
    said.keep("place", &mut draft.place, &stored.place.map(|id| id.to_string()));
    said.keep("to", &mut draft.to, &stored.to);
});

keeps!(FulfilmentDraft, Fulfilment, |draft, said, stored| {
    said.keep("position", &mut draft.location, &stored.location);
    said.keep("outcome", &mut draft.outcome, &stored.outcome);
    said.keep("person", &mut draft.person, &stored.person.map(|id| id.to_string()));
    said.keep("attendance", &mut draft.attendance, &stored.attendance);
});

keeps!(ReportDraft, Case, |draft, said, stored| {
    said.keep("position", &mut draft.location, &stored.location);
    said.keep("channel", &mut draft.channel, &stored.channel);
    said.keep("label", &mut draft.label, &stored.label);
    said.keep("state", &mut draft.stated, &stored.stated);
    draft.settle();
});
