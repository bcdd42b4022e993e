//! Persons, their posts, and the names behind households.

use crate::{
    layer::Layer,
    people::{Contact, Person, Post},
    place::Id,
    store::{
        StoreError,
        record::Record,
        value::{Row, Value},
    },
};

fn contact_values(contact: Option<&Contact>) -> [Value; 3] {
    let text = |pick: fn(&Contact) -> &Option<String>| Value::Text(contact.and_then(|contact| pick(contact).clone()));
    [text(|c| &c.name), text(|c| &c.phone), text(|c| &c.address)]
}

fn read_contact(row: &Row) -> Result<Contact, StoreError> {
    Ok(Contact { name: row.opt_text("name")?, phone: row.opt_text("phone")?, address: row.opt_text("address")? })
}

/// Kept in the private part as a whole: the key of a person's source may identify them too.
impl Record for Person {
    const TABLE: &'static str = "person";
    const COLUMNS: &'static [&'static str] = &["id", "source", "name", "phone", "address"];

    fn layer(&self) -> String {
        Layer::Persons.name().to_owned()
    }

    fn id(&self) -> Id {
        self.id
    }

    fn key(&self) -> String {
        self.source.clone()
    }

    fn values(&self) -> Vec<Value> {
        let mut values = vec![self.id.into(), self.source.as_str().into()];
        values.extend(contact_values(self.contact.as_ref()));
        values
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        let contact = Some(read_contact(row)?).filter(|contact| *contact != Contact::default());
        Ok(Self { id: row.parse("id")?, source: row.text("source")?, contact })
    }

    /// A contact of `None` leaves the stored one alone, an empty one clears it.
    fn adopt(&mut self, stored: &Self) {
        self.id = stored.id;
        let contact = self.contact.take().or_else(|| stored.contact.clone());
        self.contact = contact.filter(|contact| *contact != Contact::default());
    }
}

impl Record for Post {
    const TABLE: &'static str = "post";
    const COLUMNS: &'static [&'static str] = &["id", "source", "person_id", "role", "place_id", "held_from", "held_to"];

    fn layer(&self) -> String {
        Layer::Posts.name().to_owned()
    }

    fn id(&self) -> Id {
        self.id
    }

    fn key(&self) -> String {
        self.source.clone()
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.id.into(),
            self.source.as_str().into(),
            self.person.into(),
            self.role.word().into(),
            Value::id(self.place),
            self.from.into(),
            Value::Date(self.to),
        ]
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.parse("id")?,
            source: row.text("source")?,
            person: row.parse("person_id")?,
            role: row.parse("role")?,
            place: row.opt_parse("place_id")?,
            from: row.date("held_from")?,
            to: row.opt_date("held_to")?,
        })
    }

    fn adopt(&mut self, stored: &Self) {
        self.id = stored.id;
    }
}

/// The names behind a household.
#[derive(Clone, PartialEq)]
pub(in crate::store) struct ContactRow {
    pub household: Id,
    pub contact: Contact,
}

impl Record for ContactRow {
    const TABLE: &'static str = "household_private";
    const COLUMNS: &'static [&'static str] = &["household_id", "name", "phone", "address"];
    const KEY: &'static str = "household_id";

    fn layer(&self) -> String {
        Layer::Households.name().to_owned()
    }

    fn id(&self) -> Id {
        self.household
    }

    fn key(&self) -> String {
        self.household.to_string()
    }

    fn values(&self) -> Vec<Value> {
        let mut values = vec![self.household.into()];
        values.extend(contact_values(Some(&self.contact)));
        values
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self { household: row.parse("household_id")?, contact: read_contact(row)? })
    }

    fn adopt(&mut self, _: &Self) {}

    fn is_blank(&self) -> bool {
        self.contact == Contact::default()
    }
}
